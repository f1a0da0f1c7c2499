package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestAPanicIsABugOfOurs(t *testing.T) {
	err := Catch(func() error { panic("index out of range") })
	if f := As(err); f.Kind != Internal || f.Text == "" || !strings.Contains(f.Unwrap().Error(), "index out of range") || !strings.Contains(f.Unwrap().Error(), "catch.go") {
		t.Errorf("got %v, because of %v", f, f.Unwrap())
	}
	told := New(BadQuery, "No.")
	if err := Catch(func() error { return told }); !errors.Is(err, told) {
		t.Errorf("got %v, want what was told", err)
	}
}
