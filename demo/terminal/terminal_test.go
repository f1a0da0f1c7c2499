//go:build unix

package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// plugin is a plugin whose queries return one number.
type plugin struct{}

func (plugin) QueryData(_ context.Context, queries []backend.DataQuery, _ map[string]string) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	for _, query := range queries {
		frame := data.NewFrame("", data.NewField("time", nil, []time.Time{query.TimeRange.To}), data.NewField("value", data.Labels{"name": "\x1b[3J"}, []float64{42}))
		response.Responses[query.RefID] = backend.DataResponse{Frames: data.Frames{frame}}
	}
	return response, nil
}

// set returns dashboards with many more panels than a screen has rows.
func set() *provision.Set {
	var s provision.Set
	s.DataSources = []provision.DataSource{{UID: "modelmetrics", Type: "modelmetrics-catalog-datasource", IsDefault: true}}
	for _, name := range []string{"First", "Second"} {
		d := provision.Dashboard{UID: strings.ToLower(name), Title: name, Time: provision.Range{From: "now-6h", To: "now"}}
		for i := range 60 {
			d.Panels = append(d.Panels, provision.Panel{
				ID: i + 1, Title: fmt.Sprintf("%s panel %d %s", name, i+1, strings.Repeat("long ", 30)), Type: "timeseries", GridPos: provision.GridPos{W: 12},
				Targets: []json.RawMessage{json.RawMessage(`{"refId": "A", "datasource": {"uid": "modelmetrics"}}`)},
			})
		}
		s.Dashboards = append(s.Dashboards, d)
	}
	return &s
}

const testWidth, testHeight = 100, 40

// terminalSession is a run of Show in a pseudo-terminal.
type terminalSession struct {
	user   *os.File // the end of the user
	cancel context.CancelFunc
	ended  chan error

	mu     sync.Mutex
	output strings.Builder
}

func startSession(t *testing.T, dashboard string) *terminalSession {
	t.Helper()
	t.Setenv("TERM", "xterm")
	user, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = user.Close(), program.Close() })
	if err := pty.Setsize(user, &pty.Winsize{Rows: testHeight, Cols: testWidth}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &terminalSession{user: user, cancel: cancel, ended: make(chan error, 1)}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := user.Read(buffer)
			s.mu.Lock()
			s.output.Write(buffer[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	go func() {
		s.ended <- Show(ctx, Options{Plugin: plugin{}, Set: set(), Dashboard: dashboard, Notes: "Incident none", Footer: "The API", In: program, Out: program})
	}()
	return s
}

func (s *terminalSession) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

var (
	position = regexp.MustCompile(`\x1b\[(\d+);1H([^\x1b]*)`)
	control  = regexp.MustCompile(`\x1b\[[?\d;]*[A-Za-z]`)
)

// screen returns the rows that the terminal shows. The viewer writes each row at its position.
func (s *terminalSession) screen() []string {
	rows := make([]string, testHeight)
	output := strings.ReplaceAll(s.all(), reverse, "")
	for _, write := range position.FindAllStringSubmatch(output, -1) {
		if row, err := strconv.Atoi(write[1]); err == nil && row <= testHeight {
			rows[row-1] = write[2]
		}
	}
	return rows
}

// waitFor waits until the screen contains a text.
func (s *terminalSession) waitFor(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if strings.Contains(strings.Join(s.screen(), "\n"), text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the screen lacks %q:\n%s", text, strings.Join(s.screen(), "\n"))
		}
	}
}

func (s *terminalSession) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := s.user.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// checkEnd checks that Show has ended, left the alternate screen, and never wrote more than the
// screen has space for or erased the scrollback.
func (s *terminalSession) checkEnd(t *testing.T, want error) {
	t.Helper()
	select {
	case err := <-s.ended:
		if !errors.Is(err, want) {
			t.Errorf("ended with %v, want %v", err, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Show doesn't end")
	}
	for deadline := time.Now().Add(5 * time.Second); !strings.HasSuffix(s.all(), leaveScreen); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the alternate screen is not left: %q", s.all()[max(0, len(s.all())-100):])
		}
	}
	output := s.all()
	if !strings.HasPrefix(output, enterScreen) || strings.Count(output, enterScreen) != 1 {
		t.Errorf("the output doesn't begin with the alternate screen: %q", output[:min(100, len(output))])
	}
	if strings.Contains(output, "\x1b[3J") || strings.Contains(output, "\n") {
		t.Error("the output erases the scrollback or scrolls")
	}
	for _, write := range position.FindAllStringSubmatch(strings.ReplaceAll(output, reverse, ""), -1) {
		row, err := strconv.Atoi(write[1])
		if err != nil || row > testHeight || utf8.RuneCountInString(control.ReplaceAllString(write[2], "")) > testWidth {
			t.Fatalf("row %s doesn't fit into the terminal: %q", write[1], write[2])
		}
	}
}

func TestShowInTerminal(t *testing.T) {
	s := startSession(t, "")
	s.waitFor(t, "-dashboard=")
	for _, want := range []string{"Incident none", " 1   First", "second", "Alert rules: the conditions of 0 of 0 rules are met", "The API", "q quit"} {
		s.waitFor(t, want)
	}
	s.press(t, "2")
	s.waitFor(t, "Second panel 1 ")
	s.waitFor(t, "lines 1 to 39 of")
	s.press(t, " ")
	s.waitFor(t, "lines 39 to 77 of")
	s.press(t, "G")
	s.waitFor(t, "Second panel 60 ")
	s.press(t, "\x1b[D") // the left arrow
	s.waitFor(t, "First panel 1 ")
	s.press(t, "\x1b[15~") // F5, which isn't the keys 1 and 5
	s.press(t, "n")
	s.waitFor(t, "Second panel 1 ")
	if err := pty.Setsize(s.user, &pty.Winsize{Rows: 20, Cols: 60}); err != nil {
		t.Fatal(err)
	}
	s.waitFor(t, "lines 1 to 19 of")
	s.press(t, "q")
	s.checkEnd(t, context.Canceled)
}

func TestShowFirstDashboardUntilInterrupted(t *testing.T) {
	s := startSession(t, "second")
	s.waitFor(t, "Second panel 1 ")
	s.press(t, "\x03") // Ctrl-C
	s.checkEnd(t, context.Canceled)

	s = startSession(t, "first")
	s.waitFor(t, "First panel 1 ")
	s.cancel() // SIGTERM
	s.checkEnd(t, nil)
}

// TestShowElsewhere checks that a page is printed once, as plain text.
func TestShowElsewhere(t *testing.T) {
	for dashboard, want := range map[string]string{"": " 1   First", "second": "Second panel 60 "} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- Show(ctx, Options{Plugin: plugin{}, Set: set(), Dashboard: dashboard, Footer: "The API", In: in, Out: out})
			_ = out.Close()
		}()
		var output strings.Builder
		buffer := make([]byte, 4096)
		for !strings.Contains(output.String(), "Press Ctrl-C to stop.\n") {
			n, err := in.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			output.Write(buffer[:n])
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		text := output.String()
		if !strings.Contains(text, want) || strings.Count(text, "The API") != 1 || strings.Contains(text, "\x1b[?") {
			t.Errorf("dashboard %q:\n%s", dashboard, text)
		}
		if lines := strings.Count(text, "\n"); dashboard == "" && lines > testHeight {
			t.Errorf("the summary has %d lines", lines)
		}
	}
}

func TestShowUnknownDashboard(t *testing.T) {
	if err := Show(t.Context(), Options{Plugin: plugin{}, Set: set(), Dashboard: "third"}); err == nil || !strings.Contains(err.Error(), "third") {
		t.Errorf("got %v", err)
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("  a long line of words that continues\nshort\n\n"+strings.Repeat("x", 45)+"\n", 20), "|")
	if want := "  a long line of|    words that|    continues|short||" + strings.Repeat("x", 20) + "|  " + strings.Repeat("x", 18) + "|  " + strings.Repeat("x", 7); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := wrap("\x1b[31mred", 40)[0]; got != "�[31mred" {
		t.Errorf("got %q", got)
	}
}
