package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	steps := func(terminal bool) string {
		var out strings.Builder
		p := &progress{out: &out, terminal: terminal}
		for done := 0; done <= 200; done += 20 {
			p.percent("Writing", done, 200)
		}
		p.elapsed("Waiting", 500*time.Millisecond)
		p.done()
		p.elapsed("Waiting", 11*time.Second)
		p.printLine("Ready at %s", "last")
		return out.String()
	}
	plain := steps(false)
	if want := "Writing: 25 %\nWriting: 50 %\nWriting: 75 %\nWriting: 100 %\nWaiting: 10 s\nReady at last\n"; plain != want {
		t.Errorf("without a terminal: %q", plain)
	}
	if shown := steps(true); !strings.Contains(shown, "\rWriting:  10 %\x1b[K") || !strings.HasSuffix(shown, "\nReady at last\n") {
		t.Errorf("on a terminal: %q", shown)
	}
}

func TestRunReportsMissingPlugin(t *testing.T) {
	err := run(t.Context(), options{root: t.TempDir(), smoke: true})
	if err == nil || !strings.Contains(err.Error(), "the plugin is not built") || !strings.Contains(err.Error(), "go tool mage build") {
		t.Errorf("got %v", err)
	}
}
