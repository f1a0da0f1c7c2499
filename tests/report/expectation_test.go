package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

func le(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

// number is an expected number, rounded or not, and the number of decimals to which the report
// rounds it.
type number struct {
	v        float64
	decimals int
}

// expectation computes the fields of a report from raw samples, as described in
// docs/report.md. out maps the path of a field to its value. Paths to elements of a time
// series contain the timestamp of the element.
type expectation struct {
	rawEndpoint
	id, timeframe       string
	prices              *policy.Prices     // of the data source's settings
	budgets             map[string]float64 // of the settings
	length, point, step time.Duration
	finest              time.Duration
	scrape              time.Duration
	aggregation         string
	end                 time.Time
	out                 map[string]any
}

const day = 24 * time.Hour

func (x *expectation) num(path string, v float64, decimals int) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		x.out[path] = number{v, decimals}
	}
}

func (x *expectation) text(path, text string) {
	if text != "" {
		x.out[path] = text
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func div(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// interval is a step of a time series. Its start is begin, and its end is to. Values are
// computed over the window (from, to], which can be longer than the step.
type interval struct{ begin, from, to time.Time }

func (x *expectation) window(step time.Duration) time.Duration { return max(step, 4*x.scrape) }

// intervals divides the timeframe into intervals of one step.
func (x *expectation) intervals(step time.Duration) []interval {
	var list []interval
	for to := x.end.Add(-x.length + step); !to.After(x.end); to = to.Add(step) {
		list = append(list, interval{to.Add(-step), to.Add(-x.window(step)), to})
	}
	return list
}

// series sets the fields of a time series' points. It omits a point if all fields are absent.
// In all time series except resources.gpu.utilization, it also omits a point if the first
// field is absent.
func (x *expectation) series(path string, fields []string, decimals []int, amounts bool, values func(interval) []float64) {
	per := int(x.point / x.step)
	rows := make([][]float64, 0, 1000)
	for _, i := range x.intervals(x.step) {
		rows = append(rows, values(i))
	}
	for p := 0; p*per < len(rows); p++ {
		begin := x.intervals(x.point)[p].begin
		row := make([]float64, len(fields))
		for f := range fields {
			var list []float64
			for _, r := range rows[p*per : (p+1)*per] {
				if !math.IsNaN(r[f]) {
					list = append(list, r[f])
				}
			}
			row[f] = x.combine(list, amounts || fields[f] == "itemsProcessed", fields[f])
		}
		if !slices.ContainsFunc(row, func(v float64) bool { return !math.IsNaN(v) }) || path != "resources.gpu.utilization" && math.IsNaN(row[0]) {
			continue
		}
		for f, name := range fields {
			x.num(fmt.Sprintf("%s.timeSeries[%s].%s", path, stamp(begin), name), row[f], decimals[f])
		}
		x.text(fmt.Sprintf("%s.timeSeries[%s].timestamp", path, stamp(begin)), stamp(begin))
	}
}

func (x *expectation) combine(list []float64, isAmount bool, field string) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	slices.Sort(list)
	how := x.aggregation
	switch {
	case field == "min" || field == "max":
		how = field
	case isAmount && how == "avg":
		how = "sum"
	}
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	at := func(p float64) float64 {
		rank := p * float64(len(list)-1)
		low, share := math.Modf(rank)
		if share == 0 {
			return list[int(low)]
		}
		return list[int(low)]*(1-share) + list[int(low)+1]*share
	}
	return map[string]float64{"avg": sum / float64(len(list)), "sum": sum, "min": list[0], "max": list[len(list)-1], "p95": at(0.95), "p99": at(0.99)}[how]
}
