package promjson

import (
	"math"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// stats reads what the server says a query cost, where it was asked to.
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

// numbers reads the members of an object that are wanted, where they are
// numbers.
func (d *decoder) numbers(wanted map[string]*float64) {
	if d.peek() != '{' {
		d.skip()
		return
	}
	d.object(func(key []byte) {
		to := wanted[string(key)]
		if c := d.peek(); to == nil || (c != '-' && (c < '0' || c > '9')) {
			d.skip()
			return
		}
		// Frames are told as JSON, which has no infinities: one would cost the
		// answers of all queries beside this one.
		if number, ok := float(d.number()); ok && !math.IsInf(number, 0) {
			*to = number
		}
	})
}
