package frames

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestTableColumnNamesAreUnique(t *testing.T) {
	r := &series.Result{Kind: series.Vector, Series: []series.Series{
		{Labels: labels("Time", "a", "Value", "b", "label_Value", "c"), Times: []int64{0}, Values: []float64{1}},
	}}
	if got := columnNames(r, Options{}); got != "Time|label_Time|label_label_Value|label_Value|Value" {
		t.Errorf("got %s", got)
	}
}

func TestTableColumnOfLabelDiffersFromNumberedValue(t *testing.T) {
	r := &series.Result{Kind: series.Vector, Series: []series.Series{
		{Labels: labels("Value #A", "a", "Value #B", "b"), Times: []int64{0}, Values: []float64{1}},
	}}
	if got := columnNames(r, Options{RefID: "A"}); got != "Time|label_Value #A|Value #B|Value #A" {
		t.Errorf("got %s", got)
	}
}

// columnNames returns the names of a table's columns.
func columnNames(r *series.Result, o Options) string {
	var names []string
	for _, field := range must(Table(r, o))[0].Fields {
		names = append(names, field.Name)
	}
	return strings.Join(names, "|")
}

func TestTableHeadingIsLegendWithoutPlaceholders(t *testing.T) {
	r := &series.Result{Kind: series.Vector, Series: []series.Series{
		{Labels: labels("model", "a"), Times: []int64{0}, Values: []float64{1}},
	}}
	for legend, want := range map[string]string{"Requests": "Requests", "{{model}} requests": "", "__auto": "", "": ""} {
		fields := must(Table(r, Options{Legend: legend}))[0].Fields
		value := fields[len(fields)-1]
		got := ""
		if value.Config != nil {
			got = value.Config.DisplayNameFromDS
		}
		if value.Name != "Value" || got != want {
			t.Errorf("legend %q: column %s is displayed as %q, want %q", legend, value.Name, got, want)
		}
	}
}

func TestTableOfManySeries(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	names := manyLabels(20, "")
	var r series.Result
	for i := range 50 {
		s := series.Series{Times: evenTimes(1+i%3, int64(i))}
		s.Values = make([]float64, len(s.Times))
		for _, label := range names {
			if random.IntN(2) == 0 {
				s.Labels = append(s.Labels, series.Label{Name: label.Name, Value: fmt.Sprint(i, label.Name)})
			}
		}
		r.Series = append(r.Series, s)
	}
	frame := must(Table(&r, Options{}))[0]
	row := 0
	for _, s := range r.Series {
		for _, at := range s.Times {
			if got := frame.Fields[0].At(row).(time.Time).UnixMilli(); got != at {
				t.Errorf("row %d has time %d, want %d", row, got, at)
			}
			for _, field := range frame.Fields[1 : len(frame.Fields)-1] {
				if got := field.At(row); got != s.Labels.Get(field.Name) {
					t.Errorf("row %d, %s: got %q", row, field.Name, got)
				}
			}
			row++
		}
	}
}
