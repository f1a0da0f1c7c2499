package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLogFieldsClipsTextsByTheirSizeInJSON(t *testing.T) {
	for _, char := range []string{"x", "<", "\x01", "\n", `"`, "é", "\u2028", "\xff", "�", "\U0001d400", "\x7f"} {
		t.Run(fmt.Sprintf("%q", char), func(t *testing.T) {
			long := strings.Repeat(char, 100_000)
			for _, test := range []struct {
				value    any
				maxBytes int
			}{{long, maxLogged}, {errors.New(long), maxLoggedCause}} {
				got, ok := LogFields("key", test.value)[1].(string)
				if !ok || !strings.HasSuffix(got, ellipsis) {
					t.Fatalf("got %.100q", got)
				}
				encoded, err := json.Marshal(strings.TrimSuffix(got, ellipsis))
				if err != nil {
					t.Fatal(err)
				}
				const quotes, longest = 2, 6
				if size := len(encoded) - quotes; size > test.maxBytes || size <= test.maxBytes-longest {
					t.Errorf("%d bytes of JSON, want at most %d", size, test.maxBytes)
				}
			}
		})
	}
}

func TestLogFieldsFormatsDurations(t *testing.T) {
	got := fmt.Sprintf("%q", LogFields("step", 15*time.Second, "duration", 1500*time.Millisecond, "text", "a<b", "samples", 7))
	if want := `["step" "15s" "duration" "1.5s" "text" "a<b" "samples" '\a']`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
