package terminal

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Sizes of the drawing, in characters and lines.
const (
	sparkWidth  = 40
	nameWidth   = 34
	seriesShown = 8
)

// maxConcurrent is the maximum number of concurrent queries.
const maxConcurrent = 6

// drawDashboard returns a text drawing of a dashboard, whose queries end at now. It calls
// progress with the number of panels that are queried and the number of all panels.
func drawDashboard(ctx context.Context, o Options, dashboard provision.Dashboard, now time.Time, progress func(done, total int)) (string, error) {
	opened, variables, err := board.Open(ctx, o.Plugin, o.Set, dashboard, now)
	if err != nil {
		return "", err
	}
	var page strings.Builder
	fmt.Fprintf(&page, "%s · %s to %s\n", dashboard.Title, opened.Span.From.Format("15:04"), opened.Span.To.Format("15:04"))
	drawVariables(&page, variables)
	for _, annotation := range dashboard.QueryAnnotations() {
		drawAnnotation(&page, opened.QueryAnnotation(ctx, annotation))
	}
	row := ""
	for _, drawn := range queryAll(ctx, opened, progress) {
		if drawn.result.Panel.Row != row {
			row = drawn.result.Panel.Row
			fmt.Fprintf(&page, "\n▾ %s\n", row)
		}
		drawPanel(&page, drawn.result, drawn.err)
	}
	return page.String(), ctx.Err()
}

type drawnPanel struct {
	result board.PanelResult
	err    error
}

// queryAll queries the panels concurrently and returns their results in the order of the
// panels.
func queryAll(ctx context.Context, opened *board.Board, progress func(done, total int)) []drawnPanel {
	panels := opened.Dashboard.QueryPanels()
	drawn := make([]drawnPanel, len(panels))
	var done atomic.Int64
	var group errgroup.Group
	group.SetLimit(maxConcurrent)
	for i, panel := range panels {
		group.Go(func() error {
			drawn[i].result, drawn[i].err = opened.Query(ctx, panel)
			progress(int(done.Add(1)), len(panels))
			return nil
		})
	}
	_ = group.Wait() // each panel contains its error
	return drawn
}

func drawVariables(page *strings.Builder, variables []board.VariableResult) {
	for _, v := range variables {
		switch {
		case v.Variable.Type != "query":
		case v.Err != nil:
			fmt.Fprintf(page, "  %s: %s\n", v.Variable.Name, v.Err)
		default:
			fmt.Fprintf(page, "  %s: %s\n", v.Variable.Name, strings.Join(v.Options, ", "))
		}
	}
}

func drawAnnotation(page *strings.Builder, r board.AnnotationResult) {
	switch {
	case r.Err != nil:
		fmt.Fprintf(page, "  ⚑ %s: ⚠ %s\n", r.Annotation.Name, r.Err)
	case len(r.Events) == 0:
		fmt.Fprintf(page, "  ⚑ %s: none\n", r.Annotation.Name)
	default:
		last := r.Events[len(r.Events)-1]
		fmt.Fprintf(page, "  ⚑ %s: %d, the last at %s: %s\n", r.Annotation.Name, len(r.Events), last.From.Format("15:04"), last.Title)
	}
}

func drawPanel(page *strings.Builder, r board.PanelResult, err error) {
	fmt.Fprintf(page, "  %s\n", r.Panel.Title)
	if err != nil {
		fmt.Fprintf(page, "    ⚠ %s\n", err)
	}
	for _, target := range r.Targets {
		switch {
		case target.Err != nil:
			fmt.Fprintf(page, "    ⚠ %s\n", target.Err)
		case len(target.Series) == 0:
			fmt.Fprintf(page, "    no data\n")
		}
		for i, series := range target.Series {
			if i == seriesShown {
				fmt.Fprintf(page, "    … and %d more series\n", len(target.Series)-seriesShown)
				break
			}
			last := "–"
			if value, ok := series.Last(); ok {
				last = formatted(r.Panel.FieldConfig, value)
			}
			fmt.Fprintf(page, "    %s %s %s\n", fit(series.Name, nameWidth), sparkline(series.Values, sparkWidth), last)
		}
	}
}

// formatted returns the text that a value is mapped to, or else the value with its unit.
func formatted(config provision.FieldConfig, value float64) string {
	if text, _, err := config.Mapped(value); err == nil && text != "" {
		return text
	}
	return board.Format(value, config.Defaults.Unit)
}

var sparks = []rune("▁▂▃▄▅▆▇█")

// sparkline draws values as a line of width characters, scaled from the lowest to the highest.
// Each character shows the mean of one or more values. It is a space if none of them is
// finite. If all means are equal, they are drawn at half height. Fewer than two values are not
// drawn.
func sparkline(values []float64, width int) string {
	if len(values) < 2 {
		return fit("", width)
	}
	cells := means(values, width)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range cells {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	line := make([]rune, 0, width)
	for _, v := range cells {
		switch {
		case math.IsNaN(v):
			line = append(line, ' ')
		case high == low:
			line = append(line, sparks[len(sparks)/2])
		default:
			line = append(line, sparks[int((v-low)/(high-low)*float64(len(sparks)-1)+0.5)])
		}
	}
	return fit(string(line), width)
}

// means divides the values into at most n bins of nearly equal length and returns the mean of
// the finite values in each bin.
func means(values []float64, n int) []float64 {
	n = min(n, len(values))
	cells := make([]float64, n)
	for i := range cells {
		sum, count := 0.0, 0
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum += v
				count++
			}
		}
		cells[i] = sum / float64(count) // NaN if the bin has no finite value
	}
	return cells
}

// fit truncates or pads s to width characters.
func fit(s string, width int) string {
	length := utf8.RuneCountInString(s)
	if length > width {
		return fault.Clip(s, width-1)
	}
	return s + strings.Repeat(" ", width-length)
}
