package frames

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestFilledTextsAreBounded: a short template can repeat a long label value.
func TestFilledTextsAreBounded(t *testing.T) {
	long := series.Labels{{Name: "a", Value: strings.Repeat("ä", 1<<20)}}
	text := fill(series.ParseTemplate(strings.Repeat("{{a}}", 200)), long, "")
	if len(text) > maxFilled+len("…") || !strings.HasSuffix(text, "ä…") || !utf8.ValidString(text) {
		t.Errorf("got %d bytes ending in %q", len(text), text[max(0, len(text)-10):])
	}
	if got, want := fill(series.ParseTemplate("{{ a }} of {{value}}"), series.Labels{{Name: "a", Value: "x"}}, "7"), "x of 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnnotationTagsAreBounded(t *testing.T) {
	labels := series.Labels{{Name: "a", Value: strings.Repeat(",x", 300)}, {Name: "b", Value: distinctTags(300)}}
	list := tagList([]series.Template{series.ParseTemplate("{{a}}"), series.ParseTemplate("{{b}}")}, labels, "")
	if got := strings.Count(*list, ",") + 1; got != maxTags {
		t.Errorf("%d tags", got)
	}
}

// distinctTags returns a list of n different tags.
func distinctTags(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte(byte('a' + i%26))
		b.WriteByte(byte('a' + i/26))
		b.WriteByte(',')
	}
	return b.String()
}
