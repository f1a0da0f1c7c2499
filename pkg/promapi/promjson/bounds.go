package promjson

// Bounds of one answer, whatever its Limits are. What a series, a label or a bucket
// takes in memory is many times the bytes that a server needs to write it.
const (
	// maxLabels is how many labels an answer has: those of its series, of its exemplars
	// or of the label sets that it lists, written twice or not. Fifty thousand series
	// with 40 labels each have as many. A label takes 32 bytes here and about twice as
	// much in a data frame.
	maxLabels = 2_000_000

	// maxSetLabels is how many labels one series or exemplar has. They are sorted.
	maxSetLabels = 200_000

	// maxLabelMiB is how much text these labels have, names and values together. The
	// names of series repeat it.
	maxLabelMiB = 64

	// maxBuckets is how many native histograms an answer has together with their
	// buckets. Either takes 32 to 48 bytes here, and a bucket 49 in a heatmap.
	maxBuckets = 2_000_000

	// maxTextMiB is how long one text is: a name, a value, a message of the server.
	maxTextMiB = 4

	// maxNotesRead is how many warnings, and how many infos, are looked at. Of those
	// far fewer are kept; see series.Notes.
	maxNotesRead = 1000

	// maxMetadata is how many entries the metric families of an answer have together.
	// Each target may describe a family in its own words.
	maxMetadata = 200_000

	// maxDepth is how deeply values nest that are skipped.
	maxDepth = 512

	// maxNumber is how long a number is, in characters. JSON sets no limit.
	maxNumber = 4096

	// maxKnown is how many texts of at most maxKnownBytes are kept to be shared by the
	// labels that repeat them.
	maxKnown      = 1 << 16
	maxKnownBytes = 256

	// maxPredicted is how many timestamps of the shared column are kept as text, to
	// recognize them in the next series. A range query has 11,000 at most.
	maxPredicted = 1 << 17

	// maxScratch is how many elements of scratch memory a decoder keeps for the next
	// answer, of each kind.
	maxScratch = 1 << 17
)

const mib = 1 << 20
