package frames

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Bounds on texts, which a caller's template multiplies by the series of an answer.
const (
	maxFilled = 1 << 10 // bytes of a series' name, or of a template that is filled in; the rest is cut
	maxTags   = 100     // of an annotation; the others are left out
)

// maxAnnotations is how many annotations one query gives, the latest: a browser draws each
// of them on every graph of the dashboard.
const maxAnnotations = 1000

// Bounds on exemplars, each of which is an element of the page.
const (
	maxSampled = 1000   // that a sampler keeps; where the steps are too many for it, they are taken together
	maxShown   = 10_000 // of series.AllSampler
)

// Bounds on shapes: a small answer can take very much in frames, where each cell of a
// table, each label of a row and each null has its place. Every shape checks them before
// it allocates. At each of them the frames take up to some 200 MB.
const (
	// maxCells of a frame whose columns are those of the answer: Arrow refuses to read a
	// file of more than 256 MiB.
	maxCells = 20_000_000

	// maxSparse is how many cells a frame has, nulls included, where the series of an
	// answer have samples at different times, and how many the heatmaps of an answer have
	// together. A cell takes 8 bytes, or 16 in a heatmap.
	maxSparse = 10_000_000

	// cellsOfTime is how many cells a timestamp counts as, and cellsOfBucket a bucket of a
	// native histogram. They take 24 and 49 bytes.
	cellsOfTime   = 3
	cellsOfBucket = 3

	// maxTimes is how many timestamps the series of an answer have that they don't share.
	// A timestamp takes 24 bytes.
	maxTimes = 5_000_000

	// maxFields is how many columns of numbers a wide frame or the heatmaps of an answer
	// have. A field takes about 1 KB.
	maxFields = 100_000

	// maxColumns is how many label names a table, or the exemplars of an answer, have. A
	// table of a thousand columns is hard to draw, and to read.
	maxColumns = 2000

	// maxTextCells is how many cells a table has, or the exemplars of an answer: rows
	// times columns, those of times and values among them. A text takes 16 bytes.
	maxTextCells = 8_000_000

	// maxTextMiB is how much text is in these cells. Every row repeats the labels of its
	// series.
	maxTextMiB = 128

	// maxNamed is how many labels a notice lists, with so many characters of each.
	maxNamed      = 10
	maxNameLength = 80
)

const mib = 1 << 20

func tooLarge(format string, args ...any) error { return fault.New(fault.TooLarge, format, args...) }

// room is what the heatmaps of an answer may still take together.
type room struct{ cells, fields int }

func newRoom() *room { return &room{maxSparse, maxFields} }

// take takes cells and fields before they are allocated.
func (r *room) take(cells, fields int) error {
	r.cells -= cells
	r.fields -= fields
	switch {
	case r.fields < 0:
		return tooLarge("As a heatmap the answer takes more than %s fields, one for each bucket of each histogram. Aggregate, such as with sum by, so that there are fewer histograms.", grouped(maxFields))
	case r.cells < 0:
		return tooLarge("As a heatmap the answer takes more than %s cells, one for each bucket at each time. Ask for fewer series, a shorter range or a larger step, or use the format time_series.", grouped(maxSparse))
	}
	return nil
}

// takeFrame takes a column of times and as many others.
func (r *room) takeFrame(times, columns int) error {
	return r.take(times*(columns+cellsOfTime), columns)
}

// times is how many times a frame with as many columns can have.
func (r *room) times(columns int) int { return r.cells / (columns + cellsOfTime) }

// checkText refuses rows that take too many columns, cells or bytes of text. what is how
// they are presented, and next is what else to do.
func checkText(what string, rows, columns, bytes int, next string) error {
	const times, values = 1, 1
	switch {
	case columns > maxColumns:
		return tooLarge("%s the answer takes more than %s columns, one for each label name. Aggregate, such as with sum by, %s.", what, grouped(maxColumns), next)
	case rows*(columns+times+values) > maxTextCells:
		return tooLarge("%s the answer takes more than %s cells: %s rows of %s columns. Aggregate, such as with sum by, %s.", what, grouped(maxTextCells), grouped(rows), grouped(columns+times+values), next)
	case bytes > maxTextMiB*mib:
		return tooLarge("%s the answer takes more than %d MiB of text, since each of the %s rows repeats the labels of its series. Aggregate, such as with sum by, %s.", what, maxTextMiB, grouped(rows), next)
	}
	return nil
}

// listed joins the first of some names.
func listed(names []string) string {
	text := ""
	for i, name := range names {
		if i == maxNamed {
			return text + fmt.Sprintf(" and %s more", grouped(len(names)-maxNamed))
		}
		if i > 0 {
			text += ", "
		}
		text += fault.Clip(name, maxNameLength)
	}
	return text
}
