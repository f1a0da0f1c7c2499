package search

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
)

// splitWords returns the folded words of a text. A word consists of letters, digits and marks.
// The percent sign is a word too.
func splitWords(text string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		switch {
		case r == unicode.ReplacementChar:
			flush()
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			word.WriteRune(foldRune(r))
		case r == '%':
			flush()
			words = append(words, "%")
		default:
			flush()
		}
	}
	flush()
	return words
}

// foldRune maps upper and lower case of each character to the same character, in all scripts.
func foldRune(r rune) rune {
	if r < unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	first := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		first = min(first, next)
	}
	return unicode.ToLower(first)
}

// stem returns the stem of a folded word: "failures", "failure" and "failur" have the same
// stem. Words with other characters than a to z, such as p95, are their own stems.
func stem(word string) string {
	for i := range len(word) {
		if word[i] < 'a' || 'z' < word[i] {
			return word
		}
	}
	return english.Stem(word, true)
}
