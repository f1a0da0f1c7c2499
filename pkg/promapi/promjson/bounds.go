package promjson

// Bounds of an answer, in addition to Limits. A series, a label or a bucket takes many
// times more memory than the server needs bytes to write it.
const (
	// maxLabels bounds the labels of an answer: those of its series, of its exemplars or of
	// the label sets that it lists, duplicates included. It allows for fifty thousand series
	// with 40 labels each. A label takes 32 bytes here and about twice as much in a data
	// frame.
	maxLabels = 2_000_000

	// maxSetLabels bounds the labels of one series or exemplar, which are sorted.
	maxSetLabels = 200_000

	// maxLabelMiB bounds the text of all labels, names and values together. The display
	// names of series repeat it.
	maxLabelMiB = 64

	// maxBuckets bounds the native histograms of an answer together with their buckets. Each
	// takes 32 to 48 bytes here, and a bucket 49 in a heatmap.
	maxBuckets = 2_000_000

	// maxTextMiB bounds a single text: a name, a value, or a message of the server.
	maxTextMiB = 4

	// maxNotesRead bounds the warnings that are read, and the infos. series.Notes keeps
	// fewer.
	maxNotesRead = 1000

	// maxMetadata bounds the descriptions of all metric families of an answer. Each target
	// may describe a family differently.
	maxMetadata = 200_000

	// maxDepth bounds the depth of nested values that are skipped.
	maxDepth = 512

	// maxNumber bounds the length of a number in bytes. JSON sets no limit.
	maxNumber = 4096

	// maxPooledStrings and maxPooledBytes bound the strings that labels share: their number
	// and the length of each.
	maxPooledStrings = 1 << 16
	maxPooledBytes   = 256

	// maxPredicted bounds the shared timestamps whose text is kept. A range query has at
	// most 11,000.
	maxPredicted = 1 << 17

	// maxScratch bounds the elements of each kind of scratch memory that a decoder keeps for
	// the next answer.
	maxScratch = 1 << 17
)

const mib = 1 << 20
