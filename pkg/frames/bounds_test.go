package frames

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestFilledTextsAreCut: a short template can repeat a label's long value.
func TestFilledTextsAreCut(t *testing.T) {
	long := series.Labels{{Name: "a", Value: strings.Repeat("ä", 1<<20)}}
	text := parseTemplate(strings.Repeat("{{a}}", 200)).fill(long, "")
	if len(text) > maxFilled+len("…") || !strings.HasSuffix(text, "ä…") || !utf8.ValidString(text) {
		t.Errorf("got %d bytes that end with %q", len(text), text[max(0, len(text)-10):])
	}
	if got, want := parseTemplate("{{ a }} of {{value}}").fill(series.Labels{{Name: "a", Value: "x"}}, "7"), "x of 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTagsOfAnAnnotationAreBounded(t *testing.T) {
	labels := series.Labels{{Name: "a", Value: strings.Repeat(",x", 300)}, {Name: "b", Value: many(300)}}
	list := tagList([]template{parseTemplate("{{a}}"), parseTemplate("{{b}}")}, labels, "")
	if got := strings.Count(*list, ",") + 1; got != maxTags {
		t.Errorf("%d tags", got)
	}
}

// many is a list of so many tags, each another.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(byte('a' + i%26))
		b.WriteByte(byte('a' + i/26))
		b.WriteByte(',')
	}
	return b.String()
}
