package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/term"
)

// Intervals of the viewer. refresh equals the scrape interval of the fleet. At each tick, the
// viewer shows the progress of a page and notices a new size of the terminal.
const (
	refresh = 15 * time.Second
	tick    = 250 * time.Millisecond
)

// viewer shows pages in a terminal and changes the page when a key is pressed.
type viewer struct {
	o     Options
	pages []page
	// The following fields are those of the current page.
	current int
	text    string // empty until the page is drawn
	frame   frame
	drawing *counter // nil if the page isn't being drawn
	cancel  context.CancelFunc
	drawn   chan drawnPage
}

// drawnPage is the result of drawing a page.
type drawnPage struct {
	index int
	text  string
}

func newViewer(o Options, pages []page, first int) *viewer {
	return &viewer{o: o, pages: pages, current: first, drawn: make(chan drawnPage), cancel: func() {}}
}

// run shows the pages until the user quits or ctx ends. It then restores the terminal.
func (v *viewer) run(ctx context.Context) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	keys := make(chan key)
	if term.IsTerminal(int(v.o.In.Fd())) {
		state, err := term.MakeRaw(int(v.o.In.Fd()))
		if err != nil {
			return fmt.Errorf("set the terminal to raw mode: %w", err)
		}
		defer func() { _ = term.Restore(int(v.o.In.Fd()), state) }() // the terminal may be closed
		go readKeys(ctx, v.o.In, keys)
	}
	if _, err := io.WriteString(v.o.Out, enterScreen); err != nil {
		return err
	}
	defer func() {
		_, errLeave := io.WriteString(v.o.Out, leaveScreen)
		err = errors.Join(err, errLeave)
	}()
	ticks, refreshes := time.NewTicker(tick), time.NewTicker(refresh)
	defer ticks.Stop()
	defer refreshes.Stop()
	v.startDrawing(ctx)
	for {
		if err := v.show(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case k := <-keys:
			if k == quit {
				return context.Canceled
			}
			v.press(ctx, k)
		case page := <-v.drawn:
			if page.index == v.current {
				v.text, v.drawing = page.text, nil
			}
		case <-refreshes.C:
			if v.drawing == nil {
				v.startDrawing(ctx)
			}
		case <-ticks.C:
		}
	}
}

// press changes the page or the offset.
func (v *viewer) press(ctx context.Context, k key) {
	next := v.current
	switch k {
	case nextPage:
		next = (v.current + 1) % len(v.pages)
	case previousPage:
		next = (v.current + len(v.pages) - 1) % len(v.pages)
	case lineDown:
		v.frame.offset++
	case lineUp:
		v.frame.offset--
	case screenDown:
		v.frame.offset += v.frame.rows() - 1
	case screenUp:
		v.frame.offset -= v.frame.rows() - 1
	case top:
		v.frame.offset = 0
	case bottom:
		v.frame.offset = v.frame.maxOffset()
	default:
		if index := int(k - firstPage); index >= 0 && index < len(v.pages) {
			next = index
		}
	}
	if next != v.current {
		v.current, v.text, v.frame.offset = next, "", 0
		v.startDrawing(ctx)
	}
}

// startDrawing draws the current page in the background, and stops drawing another page.
func (v *viewer) startDrawing(ctx context.Context) {
	v.cancel()
	ctx, cancel := context.WithCancel(ctx)
	progress, index := &counter{}, v.current
	v.cancel, v.drawing = cancel, progress
	go func() {
		text, err := v.pages[index].draw(ctx, time.Now(), progress.set)
		if ctx.Err() != nil {
			return // another page is shown
		}
		if err != nil {
			text = "⚠ " + err.Error()
		}
		select {
		case v.drawn <- drawnPage{index: index, text: text}:
		case <-ctx.Done():
		}
	}()
}

// show writes the current page to the terminal.
func (v *viewer) show() error {
	width, height, err := term.GetSize(int(v.o.Out.Fd()))
	if err != nil {
		return fmt.Errorf("get the size of the terminal: %w", err)
	}
	text := v.text
	if text == "" {
		text = "Querying " + v.pages[v.current].title
		if v.drawing != nil && v.drawing.total.Load() > 0 {
			text += fmt.Sprintf(": %d of %d panels", v.drawing.done.Load(), v.drawing.total.Load())
		}
	}
	v.frame.width, v.frame.height = width, height
	v.frame.lines = wrap(text, width)
	v.frame.offset = max(0, min(v.frame.offset, v.frame.maxOffset()))
	v.frame.status = fmt.Sprintf("0 summary · 1-%d dashboards · ←→ next · ↑↓ scroll · q quit", len(v.pages)-1)
	return v.frame.write(v.o.Out)
}
