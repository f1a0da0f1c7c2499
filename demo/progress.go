package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress shows how far a step is: on a terminal in one line that is written
// over, elsewhere in a line at each quarter and without control characters.
type progress struct {
	out      io.Writer
	terminal bool
	shown    int // lines printed of this step
	open     bool
}

func newProgress() *progress {
	return &progress{out: os.Stdout, terminal: term.IsTerminal(int(os.Stdout.Fd()))}
}

// say prints a line of its own.
func (p *progress) say(format string, args ...any) {
	p.done()
	_, _ = fmt.Fprintf(p.out, format+"\n", args...) // nothing to do about a closed terminal
}

// percent shows what share of a step is done.
func (p *progress) percent(step string, done, total int) {
	if total <= 0 {
		return
	}
	if p.terminal {
		p.overwrite(fmt.Sprintf("%s: %3d %%", step, 100*done/total))
		return
	}
	for quarter := 4 * done / total; p.shown < quarter; {
		p.shown++
		_, _ = fmt.Fprintf(p.out, "%s: %d %%\n", step, 25*p.shown)
	}
}

// elapsed shows how long a step has been waited for.
func (p *progress) elapsed(step string, soFar time.Duration) {
	if p.terminal {
		p.overwrite(fmt.Sprintf("%s: %s", step, soFar.Round(time.Second)))
		return
	}
	for tenth := int(soFar / (10 * time.Second)); p.shown < tenth; {
		p.shown++
		_, _ = fmt.Fprintf(p.out, "%s: %d s\n", step, 10*p.shown)
	}
}

func (p *progress) overwrite(line string) {
	p.open = true
	_, _ = fmt.Fprintf(p.out, "\r%s\x1b[K", line)
}

// done ends a step's line.
func (p *progress) done() {
	if p.open {
		_, _ = fmt.Fprintln(p.out)
	}
	p.open, p.shown = false, 0
}
