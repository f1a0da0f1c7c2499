package packfile

// Bounds on the text of packs. The texts that people write stay far below them;
// they bound what a text can cost.
const (
	// maxTextBytes bounds one text with all its packs.
	maxTextBytes = 1 << 20
	// maxDocuments bounds the packs of one text.
	maxDocuments = 100
	// maxNodes bounds the values of one text. An alias counts as often as it is used.
	maxNodes = 50_000
	// maxDepth bounds how deeply values are nested.
	maxDepth = 40
	// maxKeys bounds the keys of one mapping, because the YAML decoder compares each
	// key with every other.
	maxKeys = 1000
	// MaxProblems bounds the problems that are reported; further ones are counted.
	MaxProblems = 100
	// maxExcluded bounds the parts of a document that don't match the schema. A
	// document with more isn't checked any further.
	maxExcluded = 500
	// maxMisspelt bounds the keys of one element that are compared with the known
	// keys.
	maxMisspelt = 30
	// maxProblemCharacters bounds the text of one problem.
	maxProblemCharacters = 600
)
