// Package terminal draws dashboards as text. On a terminal, it shows one page at a time in the
// terminal's alternate screen: a summary of all dashboards first, and then the dashboard that
// the user selects with a key. The terminal's scrollback is kept. Elsewhere, it prints one page
// once. The demo calls it if there is no Grafana.
package terminal

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Options describe what is shown.
type Options struct {
	Plugin    board.Querier
	Set       *provision.Set
	Dashboard string // uid of the first dashboard; empty means the summary
	Notes     string // text above the summary, such as the incidents
	Footer    string // text below the summary, such as how to use the API
	In        *os.File
	Out       *os.File
}

// IsTerminal reports whether a file is a terminal that can show pages.
func IsTerminal(file *os.File) bool {
	return os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// Show shows the pages until the user quits or ctx ends. If Out is not a terminal, it prints
// the first page, and then waits for the end of ctx. If the user quits, the error is
// context.Canceled.
func Show(ctx context.Context, o Options) error {
	pages, first, err := o.pages()
	if err != nil {
		return err
	}
	if IsTerminal(o.Out) {
		return newViewer(o, pages, first).run(ctx)
	}
	text, err := pages[first].draw(ctx, time.Now(), func(int, int) {})
	if err != nil {
		return err
	}
	if first != 0 {
		text += "\n" + o.Footer
	}
	if _, err := fmt.Fprint(o.Out, printable(text)+"\nPress Ctrl-C to stop.\n"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// page is one page. draw returns its text, with lines of any length.
type page struct {
	title string
	draw  func(ctx context.Context, now time.Time, progress func(done, total int)) (string, error)
}

// pages returns the summary and the dashboards, and the index of the first page to show.
func (o Options) pages() (pages []page, first int, err error) {
	pages = []page{{title: "the summary", draw: func(ctx context.Context, now time.Time, progress func(done, total int)) (string, error) {
		return drawSummary(ctx, o, now, progress)
	}}}
	for i, dashboard := range o.Set.Dashboards {
		if dashboard.UID == o.Dashboard {
			first = i + 1
		}
		pages = append(pages, page{title: dashboard.Title, draw: func(ctx context.Context, now time.Time, progress func(done, total int)) (string, error) {
			return drawDashboard(ctx, o, dashboard, now, progress)
		}})
	}
	if o.Dashboard != "" && first == 0 {
		return nil, 0, fmt.Errorf("no dashboard has the uid %q", o.Dashboard)
	}
	return pages, first, nil
}
