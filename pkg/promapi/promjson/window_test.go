package promjson

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The test shifts the answer byte by byte, so that the window of the decoder ends once at
// each byte, including those of the keys.
func TestKeyAtEndOfWindow(t *testing.T) {
	const answer = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__" : "up","job":"a"},"value":[1,"2"]}]}}`
	filler := strings.Repeat(" ", 2*window)
	want, err := decodeSlowly([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	for shift := range len(answer) {
		body := []byte(filler[:window-shift] + answer + filler)
		got, err := Decode(bytes.NewReader(body), Limits{})
		if err != nil || !cmp.Equal(want, got, same) {
			t.Errorf("after %q: got %+v, %v", answer[:shift], got, err)
		}
	}
}
