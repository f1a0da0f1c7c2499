package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/hashicorp/go-hclog"
)

// TestLinesEqualThoseOfSDK compares the lines with those of the encoder that the SDK uses.
func TestLinesEqualThoseOfSDK(t *testing.T) {
	var got, want bytes.Buffer
	sdk := hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, JSONFormat: true, Output: &want})
	ctx := log.WithContextualAttributes(t.Context(), []any{"dsUid", "a", "uname", "b"})
	logger := New(&got).With("one", 1, "two", "2").FromContext(ctx)
	sdk = sdk.With("one", 1, "two", "2").With("dsUid", "a", "uname", "b")
	fields := []any{"two", "replaced", "error", errors.New("broken"), "text", "<a> \"b\"\n\x00\xff", "odd"}
	logger.Debug("d", fields...)
	sdk.Debug("d", fields...)
	logger.Info("i", "n", 1.5)
	sdk.Info("i", "n", 1.5)
	logger.Warn("w")
	sdk.Warn("w")
	logger.Error("e", "list", []string{"x"})
	sdk.Error("e", "list", []string{"x"})
	if got, want := decode(t, got.Bytes()), decode(t, want.Bytes()); got != want {
		t.Errorf("logged\n%s\nwant\n%s", got, want)
	}
	if logger.Level() != log.New().Level() {
		t.Errorf("level %v, want %v", logger.Level(), log.New().Level())
	}
}

// decode returns lines without their times.
func decode(t *testing.T, lines []byte) (all string) {
	t.Helper()
	for line := range bytes.Lines(lines) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		delete(fields, "@timestamp")
		all += fmt.Sprintln(fields)
	}
	return all
}

// TestConcurrentLinesAreComplete checks that concurrent loggers that share fields and a file
// write every line, each in one piece.
func TestConcurrentLinesAreComplete(t *testing.T) {
	const loggers, lines = 20, 200
	out, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	logger := New(out).With("shared", string(bytes.Repeat([]byte("x"), 5000)))
	var group sync.WaitGroup
	for i := range loggers {
		group.Go(func() {
			own := logger.With("logger", i)
			for j := range lines {
				own.Info("line", "number", j)
			}
		})
	}
	group.Wait()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]int]bool{}
	for line := range bytes.Lines(text) {
		var fields struct{ Logger, Number int }
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("%.100s: %v", line, err)
		}
		seen[[2]int{fields.Logger, fields.Number}] = true
	}
	if len(seen) != loggers*lines {
		t.Errorf("%d lines, want %d", len(seen), loggers*lines)
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
}
