package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// notes say why fields are absent or how a parameter was chosen.
type notes []reportjson.Note

func (n *notes) add(field, format string, args ...any) {
	*n = append(*n, reportjson.Note{Field: field, Reason: fmt.Sprintf(format, args...)})
}

// replace adds a note in place of other notes about the field.
func (n *notes) replace(field, reason string) {
	*n = slices.DeleteFunc(*n, func(note reportjson.Note) bool { return note.Field == field })
	n.add(field, "%s", reason)
}

// number returns a rounded value. It notes the reason if the value is absent.
func (n *notes) number(field string, v float64, decimals int, reason string) *float64 {
	rounded := rounding.Number(v, decimals)
	if rounded == nil {
		n.add(field, "%s", reason)
	}
	return rounded
}

// text returns a text. It notes the reason if the value that the text is about is absent.
func (n *notes) text(field string, v float64, format func(float64) string, reason string) string {
	if rounding.Number(v, 0) == nil {
		n.add(field, "%s", reason)
		return ""
	}
	return format(v)
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
