package promjson

import (
	"math"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// stats reads the statistics of a query that was sent with the parameter stats.
func (d *decoder) stats() {
	if d.peek() != '{' {
		d.skip()
		return
	}
	stats := &series.Stats{}
	d.object(func(key []byte) {
		switch string(key) {
		case "samples":
			d.numbers(map[string]*float64{"totalQueryableSamples": &stats.Samples, "peakSamples": &stats.PeakSamples})
		case "timings":
			d.numbers(map[string]*float64{"execTotalTime": &stats.Seconds})
		default:
			d.skip()
		}
	})
	d.result.Stats = stats
}

// numbers reads an object. If a key of the object is also a key of the map fields and its
// value is a finite number, numbers stores it in the field. It skips all other members.
func (d *decoder) numbers(fields map[string]*float64) {
	if d.peek() != '{' {
		d.skip()
		return
	}
	d.object(func(key []byte) {
		field := fields[string(key)]
		if c := d.peek(); field == nil || (c != '-' && (c < '0' || c > '9')) {
			d.skip()
			return
		}
		// An infinity is ignored: a data frame with one can't be encoded as JSON, and the
		// response to all queries of the request would fail.
		if number, ok := parseFloat(d.number()); ok && !math.IsInf(number, 0) {
			*field = number
		}
	})
}
