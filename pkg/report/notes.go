package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// notes contain the reasons for absent fields and for the choice of a parameter.
type notes []reportjson.Note

func (n *notes) add(field, format string, args ...any) {
	*n = append(*n, reportjson.Note{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// replace adds a note in place of other notes about the field.
func (n *notes) replace(field, reason string) {
	*n = slices.DeleteFunc(*n, func(note reportjson.Note) bool { return note.Field == field })
	n.add(field, "%s", reason)
}

// number returns a rounded value. If the value is absent, it adds a note with the reason.
func (n *notes) number(field string, v float64, decimals int, reason string) *float64 {
	rounded := rounding.Number(v, decimals)
	if rounded == nil {
		n.add(field, "%s", reason)
	}
	return rounded
}

// text formats a value. If the value is absent, it adds a note with the reason.
func (n *notes) text(field string, v float64, format func(float64) string, reason string) string {
	if rounding.Number(v, 0) == nil {
		n.add(field, "%s", reason)
		return ""
	}
	return format(v)
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
