package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/terminal"
)

// progress shows the progress of a step. On a terminal it overwrites one line. Otherwise it
// prints lines without control characters: the method percent prints a line for each quarter
// of the step, and the method elapsed prints a line every ten seconds.
type progress struct {
	out      io.Writer
	terminal bool
	shown    int  // lines printed for this step
	open     bool // whether the line on the terminal is unfinished
}

func newProgress() *progress {
	return &progress{out: os.Stdout, terminal: terminal.IsTerminal(os.Stdout)}
}

// printLine prints a separate line.
func (p *progress) printLine(format string, args ...any) {
	p.done()
	_, _ = fmt.Fprintf(p.out, format+"\n", args...) // the terminal may be closed
}

// percent shows the completed share of a step.
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

// elapsed shows the time that a step has taken so far.
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

// done finishes the line of a step.
func (p *progress) done() {
	if p.open {
		_, _ = fmt.Fprintln(p.out)
	}
	p.open, p.shown = false, 0
}
