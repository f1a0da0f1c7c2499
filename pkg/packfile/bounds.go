package packfile

// Bounds on the YAML text of packs. They limit the time and memory for reading a text. Texts
// that people write stay far below them.
const (
	// maxTextBytes bounds the size of one YAML text, which may contain several packs.
	maxTextBytes = 1 << 20
	// maxDocuments bounds the number of packs, or other documents, in one YAML text.
	maxDocuments = 100
	// maxNodes bounds the number of values in one YAML text. The values of an alias count
	// each time that the alias is used.
	maxNodes = 50_000
	// maxDepth bounds the depth to which values are nested.
	maxDepth = 40
	// maxKeys bounds the number of keys of one mapping, because the YAML decoder compares
	// each key with every other key.
	maxKeys = 1000
	// MaxProblems bounds the number of problems that are reported. Further problems are
	// counted.
	MaxProblems = 100
	// maxExcluded bounds the number of invalid parts that are excluded from a document. A
	// document with more invalid parts isn't checked further.
	maxExcluded = 500
	// maxMisspelt bounds the number of keys of one element that are compared with the known
	// keys, to detect that a missing key is misspelt.
	maxMisspelt = 30
	// maxProblemCharacters bounds the text of one problem.
	maxProblemCharacters = 600
)
