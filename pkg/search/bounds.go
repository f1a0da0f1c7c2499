package search

// Bounds of a search. The time of a search grows linearly with the index and with the number
// of words of the text.
const (
	// maxCharacters and maxWords bound the text of a search. The rest of a longer text is
	// ignored.
	maxCharacters = 200
	maxWords      = 16
	// maxPhraseWords bounds the number of words of an expression in synonyms.yaml.
	maxPhraseWords = 4
	// maxTypoRunes bounds the length of words that are compared with misspelt words.
	maxTypoRunes = 24
	// maxNearest bounds the number of nearest documents if no document matches.
	maxNearest = 10
	// maxSimilar bounds the number of documents that are similar to an unknown name.
	maxSimilar = 3
)
