package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestCatchConvertsPanicToInternalError(t *testing.T) {
	err := Catch(func() error { panic("index out of range") })
	if f := As(err); f.Kind != Internal || f.Text == "" || !strings.Contains(f.Unwrap().Error(), "index out of range") || !strings.Contains(f.Unwrap().Error(), "catch.go") {
		t.Errorf("got %v with cause %v", f, f.Unwrap())
	}
}

func TestCatchReturnsErrorUnchanged(t *testing.T) {
	want := New(BadQuery, "No.")
	if err := Catch(func() error { return want }); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
