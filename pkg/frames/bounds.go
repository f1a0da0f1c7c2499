package frames

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Bounds of texts. A query's template is filled in for every series of a result.
const (
	// maxFilled bounds the name of a series and a filled-in template, in bytes. A longer
	// text is cut.
	maxFilled = 1 << 10
	// maxTags bounds the tags of an annotation. Further tags are dropped.
	maxTags = 100
	// maxNotices bounds the texts of one severity in a notice.
	maxNotices = 20
	// maxNames and maxNameLength bound a list of label names in a notice: the number of
	// names, and the characters of each.
	maxNames      = 10
	maxNameLength = 80
)

// maxAnnotations bounds the annotations of a query to the latest ones. A browser draws
// each of them on every graph of the dashboard.
const maxAnnotations = 1000

// Bounds of exemplars. A browser draws each exemplar as an element of the page.
const (
	// maxSampled bounds the exemplars that series.SpreadSampler and
	// series.HighestSampler select. If they select more, they combine steps.
	maxSampled = 1000
	// maxAll bounds the exemplars of series.AllSampler.
	maxAll = 10_000
)

// Bounds of frames. The frames of a small result can be large, because they have a cell
// for each combination of row and column, labels for each row, and nulls. Each shape
// checks these bounds before it allocates. A frame at one of them takes up to 200 MB.
const (
	// maxCells bounds the cells of a frame whose series have the same timestamps. Arrow
	// refuses to read files of more than 256 MiB.
	maxCells = 20_000_000

	// maxSparseCells bounds the cells, nulls included, of a frame whose series have
	// different timestamps, and those of all heatmaps of a result together. A cell takes
	// 8 bytes, or 16 in a heatmap.
	maxSparseCells = 10_000_000

	// cellsPerTime and cellsPerBucket are the number of cells that a timestamp and a
	// bucket of a native histogram count as. They take 24 and 49 bytes.
	cellsPerTime   = 3
	cellsPerBucket = 3

	// maxTimes bounds the timestamps of the series of a result, where series that share
	// their timestamps count once. A timestamp takes 24 bytes.
	maxTimes = 5_000_000

	// maxFields bounds the value fields of a wide frame, and those of all heatmaps of a
	// result together. A field takes about 1 KB.
	maxFields = 100_000

	// maxColumns bounds the label names of a table, and those of the exemplars of a
	// result. A table of a thousand columns is slow to draw and hard to read.
	maxColumns = 2000

	// maxTextCells bounds the rows times the columns of a table, or of the exemplars of a
	// result. Times and values are columns too. A text takes 16 bytes.
	maxTextCells = 8_000_000

	// maxTextMiB bounds the text in these cells. Each row repeats the labels of its
	// series.
	maxTextMiB = 128
)

const mib = 1 << 20

func tooLarge(format string, args ...any) error { return fault.New(fault.TooLarge, format, args...) }

// quota is the size that the heatmaps of a result may still take together.
type quota struct{ cells, fields int }

func newQuota() *quota { return &quota{maxSparseCells, maxFields} }

// take subtracts cells and fields from the quota before they are allocated.
func (q *quota) take(cells, fields int) error {
	q.cells -= cells
	q.fields -= fields
	switch {
	case q.fields < 0:
		return tooLarge("As a heatmap, the result has more than %s fields, one for each bucket of each histogram. Aggregate the query, such as with sum by, so that it has fewer histograms.", grouped(maxFields))
	case q.cells < 0:
		return tooLarge("As a heatmap, the result has more than %s cells, one for each bucket at each time. Request fewer series, a shorter range or a larger step, or use the format time_series.", grouped(maxSparseCells))
	}
	return nil
}

// takeFrame subtracts a frame with a column of times and some columns of values.
func (q *quota) takeFrame(times, columns int) error {
	return q.take(times*(columns+cellsPerTime), columns)
}

// maxTimes returns the maximum number of timestamps of a frame with some columns of
// values.
func (q *quota) maxTimes(columns int) int { return q.cells / (columns + cellsPerTime) }

// checkText returns an error if rows with labels have too many columns, cells or bytes of
// text. The error's text begins with subject and ends with the alternative to
// aggregation.
func checkText(subject string, rows, columns, bytes int, alternative string) error {
	const times, values = 1, 1
	switch {
	case columns > maxColumns:
		return tooLarge("%s more than %s columns, one for each label name. Aggregate the query, such as with sum by, %s.", subject, grouped(maxColumns), alternative)
	case rows*(columns+times+values) > maxTextCells:
		return tooLarge("%s more than %s cells: %s rows of %s columns. Aggregate the query, such as with sum by, %s.", subject, grouped(maxTextCells), grouped(rows), grouped(columns+times+values), alternative)
	case bytes > maxTextMiB*mib:
		return tooLarge("%s more than %d MiB of text, because each of the %s rows repeats the labels of its series. Aggregate the query, such as with sum by, %s.", subject, maxTextMiB, grouped(rows), alternative)
	}
	return nil
}

// listed joins names for a notice. It lists the first names only if there are many.
func listed(names []string) string {
	text := ""
	for i, name := range names {
		if i == maxNames {
			return text + fmt.Sprintf(" and %s more", grouped(len(names)-maxNames))
		}
		if i > 0 {
			text += ", "
		}
		text += fault.Clip(name, maxNameLength)
	}
	return text
}
