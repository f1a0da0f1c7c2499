package promjson

// Bounds of an answer, in addition to Limits. A series, a label or a bucket takes many
// times more bytes in memory than in the answer.
const (
	// maxLabels bounds the number of labels in an answer: those of its series, of its
	// exemplars or of the label sets that it lists, duplicates included. It allows for
	// 50,000 series with 40 labels each. A label takes 32 bytes in a decoded series, and about
	// twice as much in a data frame.
	maxLabels = 2_000_000

	// maxSetLabels bounds the number of labels of one series or exemplar, because the decoder
	// sorts them.
	maxSetLabels = 200_000

	// maxSetMiB bounds the total size of the names and values of the labels of one series or
	// exemplar, because the encoding of a single series can't be canceled.
	maxSetMiB = 8

	// maxLabelMiB bounds the total size of the names and values of all labels, which the
	// display names of series repeat.
	maxLabelMiB = 64

	// maxBuckets bounds the total number of native histograms and their buckets in an answer.
	// Each of them takes 32 to 48 bytes in a decoded series. A bucket takes 49 bytes in a
	// heatmap.
	maxBuckets = 2_000_000

	// maxTextMiB bounds the size of a single string: a name, a value, or a message of the
	// server.
	maxTextMiB = 4

	// maxNotesRead bounds the number of warnings, and the number of infos, that are passed to
	// series.Notes, which keeps fewer. Further ones are skipped.
	maxNotesRead = 1000

	// maxMetadata bounds the number of descriptions of all metric families in an answer. Each
	// target may describe a family differently.
	maxMetadata = 200_000

	// maxDepth bounds the nesting depth of values that the decoder skips.
	maxDepth = 512

	// maxNumber bounds the length of a number in bytes. JSON sets no limit.
	maxNumber = 4096

	// maxPooledStrings and maxPooledBytes bound the number of strings that labels share, and
	// the length of each string.
	maxPooledStrings = 1 << 16
	maxPooledBytes   = 256

	// maxPredicted bounds the number of timestamps whose texts sharedTimes keeps. For more
	// timestamps, it keeps no texts. Prometheus evaluates a range query at no more than 11,000
	// timestamps.
	maxPredicted = 1 << 17

	// maxScratch bounds the capacity of each slice of scratch memory that a decoder keeps
	// for the next answer.
	maxScratch = 1 << 17
)

const mib = 1 << 20
