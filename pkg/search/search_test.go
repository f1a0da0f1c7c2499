package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestTypos compares the distances with those of a simple implementation.
func TestTypos(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func() []rune {
		runes := make([]rune, rng.IntN(maxTypoRunes+1))
		for i := range runes {
			runes[i] = rune('a' + rng.IntN(3))
		}
		return runes
	}
	for range 20_000 {
		a, limit := word(), rng.IntN(4)
		b := word()
		if rng.IntN(2) == 0 { // most random words are not similar
			b = slices.Clone(a)
			for range min(rng.IntN(5), len(b)) {
				b[rng.IntN(len(b))] = 'b'
			}
			b = slices.Delete(b, len(b)/2, min(len(b)/2+rng.IntN(3), len(b)))
		}
		want := min(distance(a, b), limit+1)
		if got := typos(a, b, limit); got != want {
			t.Fatalf("%s and %s differ in %d, got %d (limit %d)", string(a), string(b), want, got, limit)
		}
	}
}

// distance returns the optimal string alignment distance.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j], d[i][j-1], d[i-1][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestReadSynonyms(t *testing.T) {
	for text, want := range map[string]string{
		"ignored: [a]\nmisspelt: [b]":                          "misspelt",
		"ignored: [a]\ngrouping: [A]":                          `"A" occurs twice`,
		"grouping: [by]\nignored: [by]":                        `"by" occurs twice`,
		"synonyms: [{same: [failed, failing]}]":                `"failing" occurs twice`,
		"synonyms: [{same: [failed], typed: [Failing]}]":       `"Failing" occurs twice`,
		"synonyms: [{typed: [failing]}]":                       "no expression in same",
		`ignored: ["..."]`:                                     `"..." has no words`,
		"synonyms: [{same: [the time until the first token]}]": "more than 4 words",
	} {
		if _, err := readSynonyms([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if _, err := readSynonyms(synonymsText); err != nil {
		t.Error(err)
	}
	// An expression can have several meanings.
	if _, err := readSynonyms([]byte("synonyms: [{same: [a], typed: [b]}, {same: [c], typed: [b]}]")); err != nil {
		t.Error(err)
	}
}

var shop = []Document{
	{Name: "orders_total", Title: "Orders", Description: "Orders since the start.", Category: "shop Web shop"},
	{Name: "order_latency_p95", Title: "Order latency p95", Description: "95th percentile. The latency is that of the shop.", Tags: []string{"slo"}, Groupable: []string{"country"}},
	{Name: "order_latency_by_country", Title: "Order latency p95 by country", Description: "95th percentile.", Grouping: []string{"country"}},
	{Name: "failed_orders", Title: "Orders that failed", Description: "Errors of the shop.", Labels: []string{"reason"}},
}

func TestFind(t *testing.T) {
	x := New(shop)
	every := func(int) bool { return true }
	for _, test := range []struct {
		text  string
		want  []int
		match Match
	}{
		{"", []int{0, 1, 2, 3}, All},
		{"ORDERS_TOTAL", []int{0}, All},
		{"latency per country", []int{2, 1}, All},
		{"how slow are the orders", []int{1, 2}, All},
		{"failing", []int{3}, All},
		{"errors", []int{3}, All},
		{"cuontry", []int{2, 1}, All},
		{"lat", []int{1, 2}, All},
		{"slo zebra", []int{1}, Some},
		{"orderstotal", []int{0, 1}, Some},
	} {
		got := x.Find(test.text, every)
		if !slices.Equal(got.Documents, test.want) || got.Match != test.match {
			t.Errorf("%q: got %v, want %v (%d)", test.text, got, test.want, test.match)
		}
	}
	// Ignored words count if the text has no other words.
	if got := x.Find("since the", every); got.Match != All || !slices.Contains(got.Documents, 0) {
		t.Errorf("got %v", got)
	}
	if got := x.Find("qqqq", every); got.Match != None || len(got.Documents) != 3 {
		t.Errorf("got %v, want the three most similar documents", got)
	}
	if got := x.Find("latency", func(n int) bool { return n == 2 }); !slices.Equal(got.Documents, []int{2}) {
		t.Errorf("got %v, want only what is kept", got)
	}
	if got := New(nil).Find("latency", every); len(got.Documents) != 0 {
		t.Errorf("an empty index has %v", got)
	}
}

// TestFindIsBounded searches with a long text in a large index: only the first words count.
func TestFindIsBounded(t *testing.T) {
	var documents []Document
	for n := range 1000 {
		documents = append(documents, Document{Name: fmt.Sprintf("metric_%d", n), Title: strings.Repeat("word ", 100)})
	}
	x := New(documents)
	long := "metric 7 " + strings.Repeat("zebra ", 1_000_000)
	if got := x.Find(long, func(int) bool { return true }); got.Match == All || len(got.Documents) > maxNearest {
		t.Errorf("got %d documents (%d)", len(got.Documents), got.Match)
	}
	if got := x.Find(strings.Repeat("word ", maxWords)+"zebra", func(int) bool { return true }); got.Match != All {
		t.Errorf("word %d isn't ignored", maxWords+1)
	}
}
