// Package search finds documents, such as the metrics of the catalog, the way people look for
// them: by stems of words, synonyms, misspelt words and the labels that a metric can be grouped
// by. The synonyms are in synonyms.yaml. Package catalog creates the index of its metrics and
// uses it for the search and for the names that errors suggest.
package search

import "strings"

// Document describes one result. All texts can have any case.
type Document struct {
	Name, Title, Description string
	Tags                     []string
	Category                 string   // such as the name and title of a metric's pack
	Grouping                 []string // labels by which the document is grouped by default
	Groupable                []string // labels by which it can be grouped
	Labels                   []string // other labels, such as those of filters
}

// field is a set of the fields of a document.
type field uint16

const (
	inName field = 1 << iota
	inTitle
	inTags
	inCategory
	inGrouping
	inGroupable
	inLabels
	inSummary // first sentence of the description
	inDetails // rest of the description
)

// weights contains the weight of a word in a field. A word of a grouping, such as model in
// "latency by model", has the weights of grouped.
var weights = []struct {
	field           field
	weight, grouped float64
}{
	{inTitle, 4, 4},
	{inName, 3.5, 3.5},
	{inTags, 2.5, 2},
	{inGrouping, 1.5, 4.5},
	{inGroupable, 1, 3.5},
	{inCategory, 1.5, 1},
	{inSummary, 1.2, 1},
	{inLabels, 0.8, 0.8},
	{inDetails, 0.4, 0.4},
}

// weight returns the largest weight of a set of fields.
func (f field) weight(grouped bool) float64 {
	largest := 0.0
	for _, w := range weights {
		if f&w.field == 0 {
			continue
		}
		if grouped {
			largest = max(largest, w.grouped)
		} else {
			largest = max(largest, w.weight)
		}
	}
	return largest
}

// posting is the occurrence of a word in a document.
type posting struct {
	document int
	fields   field
	title    uint64 // bit n is set if the word is word n of the title
}

// Index is an immutable set of documents. It is safe for concurrent use.
type Index struct {
	documents []indexed
	words     []string // folded
	runes     [][]rune // of each word; nil if the word is too long for a comparison
	postings  [][]posting
	byWord    map[string]int
	byStem    map[string][]int
}

// indexed is a document of an index.
type indexed struct {
	label      string // name, for the comparison with similar names
	name       string // words of the name, joined by spaces
	title      string // words of the title, joined by spaces
	titleWords int    // number of words of the title, at most 64
}

// New returns the index of documents.
func New(documents []Document) *Index {
	x := &Index{byWord: map[string]int{}, byStem: map[string][]int{}}
	for n, d := range documents {
		title := splitWords(d.Title)
		x.documents = append(x.documents, indexed{d.Name, joinWords(d.Name), strings.Join(title, " "), min(len(title), 64)})
		for at, word := range title {
			x.add(n, word, inTitle, at)
		}
		summary, details := splitSummary(d.Description)
		for _, text := range []struct {
			in    field
			parts []string
		}{
			{inName, []string{d.Name}},
			{inTags, d.Tags},
			{inCategory, []string{d.Category}},
			{inGrouping, d.Grouping},
			{inGroupable, d.Groupable},
			{inLabels, d.Labels},
			{inSummary, []string{summary}},
			{inDetails, []string{details}},
		} {
			for _, part := range text.parts {
				for _, word := range splitWords(part) {
					x.add(n, word, text.in, -1)
				}
			}
		}
	}
	return x
}

// joinWords returns the words of a text, joined by spaces.
func joinWords(text string) string { return strings.Join(splitWords(text), " ") }

// splitSummary splits a description after the first sentence.
func splitSummary(text string) (summary, details string) {
	summary, details, _ = strings.Cut(text, ". ")
	return summary, details
}

// add adds a word of a document. at is the position of a word in the title, or -1.
func (x *Index) add(document int, word string, in field, at int) {
	id, known := x.byWord[word]
	if !known {
		id = len(x.words)
		x.byWord[word] = id
		x.words = append(x.words, word)
		x.postings = append(x.postings, nil)
		var runes []rune
		if r := []rune(word); len(r) <= maxTypoRunes {
			runes = r
		}
		x.runes = append(x.runes, runes)
		s := stem(word)
		x.byStem[s] = append(x.byStem[s], id)
	}
	list := x.postings[id]
	if len(list) == 0 || list[len(list)-1].document != document {
		list = append(list, posting{document: document})
	}
	last := &list[len(list)-1]
	last.fields |= in
	if 0 <= at && at < 64 {
		last.title |= 1 << at
	}
	x.postings[id] = list
}
