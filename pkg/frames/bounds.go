package frames

import (
	"fmt"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Bounds of the texts in frames. The templates of a query, such as its legend, are filled in for
// every series of a result, so a long text could be repeated many times.
const (
	// maxFilled bounds the length in bytes of the name of a series, and of a filled-in
	// template. A longer text is cut.
	maxFilled = 1 << 10
	// maxTags bounds the number of tags of an annotation. Further tags are dropped.
	maxTags = 100
	// maxNotices bounds the number of warnings and the number of infos that a notice lists.
	maxNotices = 20
	// maxNames and maxNameLength bound a list of label names in a notice: the number of
	// names, and the characters of each.
	maxNames      = 10
	maxNameLength = 80
)

// maxAnnotations bounds the number of annotations of a query. The latest annotations are
// kept. A browser draws each annotation on every graph of the dashboard.
const maxAnnotations = 1000

// Bounds of frames. The frames of a small result can be large, because they have a cell
// for each combination of row and column, labels for each row, and nulls. Each bound is
// checked before the frames that it limits are allocated. A frame at one of these bounds takes
// up to 200 MB.
const (
	// maxCells bounds the number of cells of a wide frame whose series have the same
	// timestamps. Arrow couldn't read the frame if it took more than 256 MiB.
	maxCells = 20_000_000

	// maxSparseCells bounds the number of cells, including nulls, of a wide frame whose series
	// have different timestamps. It also bounds the number of cells of all heatmaps of a
	// result together. A cell of a heatmap takes up to 16 bytes.
	maxSparseCells = 10_000_000

	// A timestamp takes 24 bytes and counts as cellsPerTime cells. A bucket of a native
	// histogram takes 49 bytes and counts as cellsPerBucket cells.
	cellsPerTime   = 3
	cellsPerBucket = 3

	// maxTimes bounds the number of timestamps of all series of a result. Timestamps that
	// consecutive series share count once. A timestamp takes 24 bytes.
	maxTimes = 5_000_000

	// maxFields bounds the number of value fields of a wide frame. maxBuckets bounds the total
	// number of value fields of all heatmaps of a result. Encoding takes about 10 KB and
	// 10 µs for each field. It can be canceled only while the frame's schema is encoded, which is
	// the first step.
	maxFields  = 50_000
	maxBuckets = 20_000

	// maxColumns bounds the number of label columns of a table, and of the frame of
	// exemplars. A table of a thousand columns is slow to draw and hard to read.
	maxColumns = 2000

	// maxTextCells bounds the number of cells of a table, and of the frame of exemplars,
	// including the cells of the columns Time and Value. A cell takes 16 bytes in addition to
	// its text. Encoding can't be canceled, and takes about 0.2 µs for each cell.
	maxTextCells = 5_000_000

	// maxTextMiB bounds the total size of the text in these cells. Each row repeats the
	// labels of its series.
	maxTextMiB = 64
)

const mib = 1 << 20

func tooLarge(format string, args ...any) error { return fault.New(fault.TooLarge, format, args...) }

// quota is the number of cells and fields that the heatmaps of a result may still take.
type quota struct{ cells, fields int }

func newQuota() *quota { return &quota{maxSparseCells, maxBuckets} }

// take subtracts cells and fields from the quota before they are allocated. If the quota is
// exceeded, it returns a fault.TooLarge.
func (q *quota) take(cells, fields int) error {
	q.cells -= cells
	q.fields -= fields
	switch {
	case q.fields < 0:
		return tooLarge("As a heatmap, the result has more than %s fields, one for each bucket of each histogram. Aggregate the query, such as with sum by, so that it has fewer histograms.", grouped(maxBuckets))
	case q.cells < 0:
		return tooLarge("As a heatmap, the result has more than %s cells, one for each bucket at each time. Request fewer series, a shorter range or a larger step, or use the format time_series.", grouped(maxSparseCells))
	}
	return nil
}

// takeFrame subtracts the size of a frame with the given numbers of times and value columns.
func (q *quota) takeFrame(times, columns int) error {
	return q.take(times*(columns+cellsPerTime), columns)
}

// maxTimes returns the number of timestamps that a frame can have without exceeding the quota.
// columns is the number of the frame's value columns.
func (q *quota) maxTimes(columns int) int { return q.cells / (columns + cellsPerTime) }

// checkText returns an error if a frame has too many label columns, cells or bytes of text.
// The error's text begins with subject and ends with alternative, which is what the user can
// do instead of an aggregation.
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

// listed joins names for a notice. It lists the first maxNames names and counts the others.
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

// grouped formats a number with separators between thousands: 3,456.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
