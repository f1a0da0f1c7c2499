package promjson

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestErrorOfReaderIsReturned uses readers that fail after each byte, including within tokens.
func TestErrorOfReaderIsReturned(t *testing.T) {
	const body = `{"status":"success","warnings":["a \u00e9"],"data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1700000000.123,"1.5e-3"],[1700000015,"NaN"]]}]}}`
	broken := errors.New("no memory")
	for n := range len(body) {
		if _, err := Decode(io.MultiReader(strings.NewReader(body[:n]), iotest.ErrReader(broken)), Limits{}); !errors.Is(err, broken) {
			t.Errorf("after %q: %v", body[:n], err)
		}
	}
}

// TestErrorsOfServerAreKept checks that an error keeps its text when its decoder decodes another
// answer.
func TestErrorsOfServerAreKept(t *testing.T) {
	answer := func(text string) io.Reader {
		return strings.NewReader(`{"status":"error","errorType":"execution","error":"` + text + `"}`)
	}
	for name, decode := range decodeFuncs {
		first := decode(answer("first"))
		if second := decode(answer("second")); first == nil || second == nil || !strings.Contains(first.Error(), "first") || !strings.Contains(second.Error(), "second") {
			t.Errorf("%s: %v, then %v", name, first, second)
		}
	}
}
