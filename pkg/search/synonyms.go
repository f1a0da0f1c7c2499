package search

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed synonyms.yaml
var synonymsText []byte

// synonymFile is the content of synonyms.yaml, which describes the fields.
type synonymFile struct {
	Ignored  []string     `yaml:"ignored"`
	Grouping []string     `yaml:"grouping"`
	Synonyms []synonymSet `yaml:"synonyms"`
}

// synonymSet is a set of expressions with the same meaning. A search for an expression of Same
// or Typed finds documents with any expression of Same.
type synonymSet struct {
	Same  []string `yaml:"same"`
	Typed []string `yaml:"typed"`
}

// phrase is what an expression in the text of a search means.
type phrase struct {
	ignored, grouping bool
	same              [][]string // stems of the expressions that have the same meaning
}

// dictionary contains the phrases by their stems, joined by spaces.
type dictionary struct {
	phrases map[string]*phrase
	stems   map[string]bool // of all words
	words   [][]rune        // all words that are short enough for a comparison, sorted
}

// builtin returns the dictionary of synonyms.yaml. A test checks that the file is valid.
var builtin = sync.OnceValue(func() dictionary {
	d, err := readSynonyms(synonymsText)
	if err != nil {
		return dictionary{}
	}
	return d
})

func readSynonyms(text []byte) (dictionary, error) {
	var file synonymFile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return dictionary{}, fmt.Errorf("synonyms.yaml: %w", err)
	}
	if err := file.validate(); err != nil {
		return dictionary{}, fmt.Errorf("synonyms.yaml: %w", err)
	}
	d := dictionary{phrases: map[string]*phrase{}, stems: map[string]bool{}}
	words := map[string]bool{}
	for _, expression := range file.expressions() {
		for _, word := range splitWords(expression) {
			d.stems[stem(word)] = true
			words[word] = true
		}
	}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if runes := []rune(word); len(runes) <= maxTypoRunes {
			d.words = append(d.words, runes)
		}
	}
	for _, expression := range file.Ignored {
		d.phrase(expression).ignored = true
	}
	for _, expression := range file.Grouping {
		d.phrase(expression).grouping = true
	}
	for _, set := range file.Synonyms {
		var same [][]string
		for _, expression := range set.Same {
			same = append(same, stems(splitWords(expression)))
		}
		for _, expressions := range [][]string{set.Same, set.Typed} {
			for _, expression := range expressions {
				p := d.phrase(expression)
				p.same = append(p.same, same...)
			}
		}
	}
	return d, nil
}

// validate checks the lengths of the expressions, that no expression is both ignored and a
// grouping, and that no expression occurs twice in a set.
func (f synonymFile) validate() error {
	if err := validateSet(slices.Concat(f.Ignored, f.Grouping)); err != nil {
		return err
	}
	for _, set := range f.Synonyms {
		if len(set.Same) == 0 {
			return fmt.Errorf("the set with %q has no expression in same", set.Typed)
		}
		if err := validateSet(slices.Concat(set.Same, set.Typed)); err != nil {
			return err
		}
	}
	return nil
}

func validateSet(expressions []string) error {
	seen := map[string]bool{}
	for _, expression := range expressions {
		words := splitWords(expression)
		key := strings.Join(stems(words), " ")
		switch {
		case len(words) == 0:
			return fmt.Errorf("%q has no words", expression)
		case len(words) > maxPhraseWords:
			return fmt.Errorf("%q has more than %d words", expression, maxPhraseWords)
		case seen[key]:
			return fmt.Errorf("%q occurs twice, perhaps with another ending", expression)
		}
		seen[key] = true
	}
	return nil
}

// expressions returns all expressions of the file.
func (f synonymFile) expressions() []string {
	all := slices.Concat(f.Ignored, f.Grouping)
	for _, set := range f.Synonyms {
		all = append(append(all, set.Same...), set.Typed...)
	}
	return all
}

// phrase returns the phrase for an expression, and adds it if it is new.
func (d dictionary) phrase(expression string) *phrase {
	key := strings.Join(stems(splitWords(expression)), " ")
	if d.phrases[key] == nil {
		d.phrases[key] = &phrase{}
	}
	return d.phrases[key]
}

// longest returns the longest phrase at the beginning of stems, and its number of words. It
// returns nil if no phrase begins there.
func (d dictionary) longest(stems []string) (*phrase, int) {
	for n := min(maxPhraseWords, len(stems)); n > 0; n-- {
		if p := d.phrases[strings.Join(stems[:n], " ")]; p != nil {
			return p, n
		}
	}
	return nil, 1
}

func stems(words []string) []string {
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = stem(word)
	}
	return list
}
