package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestLongArgumentsAreClipped(t *testing.T) {
	type format string
	long := strings.Repeat("ä", 1_000_000)
	for _, test := range []struct {
		name string
		arg  any
	}{
		{"a text", long},
		{"a text of another type", format(long)},
		{"an error", errors.New(long)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := New(BadQuery, "There is no %v here. Remove it.", test.arg).Text
			if want := "There is no " + strings.Repeat("ä", maxArgument) + "… here. Remove it."; got != want {
				t.Errorf("got %d bytes: %.100s", len(got), got)
			}
		})
	}
	var none error
	if got, want := New(BadQuery, "%v %d %v", none, 7, "short").Text, "<nil> 7 short"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		text   string
		length int
		want   string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"\xff\xff\xff\xff", 3, "\xff\xff\xff…"},
	} {
		if got := Clip(test.text, test.length); got != test.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", test.text, test.length, got, test.want)
		}
	}
}
