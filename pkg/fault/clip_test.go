package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestNewClipsLongArguments(t *testing.T) {
	type format string
	long := strings.Repeat("ä", 1_000_000)
	for _, test := range []struct {
		name string
		arg  any
	}{
		{"string", long},
		{"named string type", format(long)},
		{"error", errors.New(long)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := New(BadQuery, "There is no %v here. Remove it.", test.arg).Text
			if want := "There is no " + strings.Repeat("ä", maxArgument/len("ä")) + "… here. Remove it."; got != want {
				t.Errorf("got %d bytes: %.100s", len(got), got)
			}
		})
	}
	if got := New(BadQuery, "There is no %q.", strings.Repeat("<", 1000)).Text; len(got) > maxArgument/maxEscape+len(`There is no "…".`) {
		t.Errorf("got %d characters that take six bytes each in JSON", len(got))
	}
	var none error
	if got, want := New(BadQuery, "%v %d %v", none, 7, "short").Text, "<nil> 7 short"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		text     string
		maxChars int
		want     string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"\xff\xff\xff\xff", 3, "\xff\xff\xff…"},
	} {
		if got := Clip(test.text, test.maxChars); got != test.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", test.text, test.maxChars, got, test.want)
		}
	}
}

func TestClipBytes(t *testing.T) {
	for _, test := range []struct {
		text     string
		maxBytes int
		want     string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äö", 4, "äö"}, {"äöü", 4, "äö…"}, {"äöü", 3, "ä…"}, {"\xff\xff\xff\xff", 3, "…"},
	} {
		if got := ClipBytes(test.text, test.maxBytes); got != test.want {
			t.Errorf("ClipBytes(%q, %d) = %q, want %q", test.text, test.maxBytes, got, test.want)
		}
	}
}
