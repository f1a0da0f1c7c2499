package series

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	guess   = `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "x"`
	mixed   = `PromQL warning: encountered a mix of histograms and floats for metric name "x" (1:6)`
	storage = "receive series from Addr: store:10901: rpc error: code = Unavailable"
	remote  = "remote query warning (thanos:10901): "
)

// TestAddNote: Thanos sends infos as warnings. It omits the position in the expression, such
// as (1:6), which Prometheus sends.
func TestAddNote(t *testing.T) {
	for _, test := range []struct {
		name, text, listedAs string
		info, partial        bool
	}{
		{"info of Prometheus", guess + " (1:6)", Info, true, false},
		{"info of Thanos", guess, Warning, true, false},
		{"info forwarded by Thanos", remote + remote + guess, Warning, true, false},
		{"omitted infos", "3 more info annotations omitted", Warning, true, false},
		{"warning of Prometheus", mixed, Warning, false, false},
		{"warning in the list of infos", mixed, Info, false, false},
		{"warning forwarded by Thanos", remote + mixed, Warning, false, false},
		{"omitted warnings", "3 more warning annotations omitted", Warning, false, false},
		{"omitted annotations of an older Prometheus", "3 more annotations omitted", Warning, false, false},
		{"unavailable store of Thanos", storage, Warning, false, true},
		{"unavailable store of another Thanos", remote + storage, Warning, false, true},
		{"truncated result", "results truncated due to limit", Warning, false, true},
		{"error that quotes an info", `store "PromQL info: x" is down`, Warning, false, true},
		{"info of another server", "the query was sharded", Info, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var n Notes
			n.Add(test.text, test.listedAs)
			if list := n.Warnings; test.info {
				list = n.Infos
				if !slices.Equal(list, []string{test.text}) || len(n.Warnings) > 0 {
					t.Errorf("got %+v", n)
				}
			} else if !slices.Equal(list, []string{test.text}) || len(n.Infos) > 0 {
				t.Errorf("got %+v", n)
			}
			if got := n.Partial != ""; got != test.partial {
				t.Errorf("partial: %q", n.Partial)
			}
		})
	}
}

// TestNotesAreBounded: the server chooses the number and length of notes. Duplicates are
// dropped.
func TestNotesAreBounded(t *testing.T) {
	var n Notes
	for i := range 3 * maxNotes {
		n.Add(fmt.Sprintf("store %d is down", i/2), Warning)
	}
	n.Add(strings.Repeat("é", maxNoteLength+1), Info)
	if got := n.Warnings; len(got) != maxNotes+1 || got[0] != "store 0 is down" || got[maxNotes] != "The server sent more than 100 warnings. Only the first are listed." {
		t.Errorf("got %d warnings, the last %q", len(got), got[len(got)-1])
	}
	if got := n.Infos[0]; got != strings.Repeat("é", maxNoteLength)+"…" {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
	joined := join([]*Result{{Notes: n}, {Notes: n}})
	if len(joined.Warnings) != len(n.Warnings) || len(joined.Infos) != 1 || joined.Partial != "store 0 is down" {
		t.Errorf("joined: %d warnings, %d infos, partial %q", len(joined.Warnings), len(joined.Infos), joined.Partial)
	}
}
