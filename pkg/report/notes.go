package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// notes explain an answer, such as why a field is absent, or why the default granularity of
// the timeframe isn't the usual one.
type notes []reportjson.Note

func (n *notes) add(field, format string, args ...any) {
	*n = append(*n, reportjson.Note{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// replace removes all notes about a field and adds a new one.
func (n *notes) replace(field, reason string) {
	*n = slices.DeleteFunc(*n, func(note reportjson.Note) bool { return note.Field == field })
	n.add(field, "%s", reason)
}

// number rounds a value. If the value is absent (NaN or infinite), number adds a note with the
// reason and returns nil.
func (n *notes) number(field string, v float64, decimals int, reason string) *float64 {
	rounded := rounding.Number(v, decimals)
	if rounded == nil {
		n.add(field, "%s", reason)
	}
	return rounded
}

// text formats a value. For an absent value, it adds a note with the reason and returns "".
func (n *notes) text(field string, v float64, format func(float64) string, reason string) string {
	if rounding.Number(v, 0) == nil {
		n.add(field, "%s", reason)
		return ""
	}
	return format(v)
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
