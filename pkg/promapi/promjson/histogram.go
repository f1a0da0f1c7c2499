package promjson

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"

// histogram reads [time, {"count": "", "sum": "", "buckets": [[boundaries,
// "lower", "upper", "count"], …]}].
func (d *decoder) histogram(s *series.Series) {
	d.expect('[')
	ms := d.time()
	d.expect(',')
	var h series.Histogram
	d.object(func(key []byte) {
		switch string(key) {
		case "count":
			h.Count = d.value()
		case "sum":
			h.Sum = d.value()
		case "buckets":
			if !d.null() {
				d.array(func() { h.Buckets = append(h.Buckets, d.bucket()) })
			}
		default:
			d.skip()
		}
	})
	d.expect(']')
	if d.err == nil {
		s.HistogramTimes = append(s.HistogramTimes, ms)
		s.Histograms = append(s.Histograms, h)
		d.over(len(d.values) + len(s.Histograms))
	}
}

func (d *decoder) bucket() (b series.Bucket) {
	d.expect('[')
	if kind := d.number(); len(kind) == 1 && kind[0] >= '0' && kind[0] <= '3' {
		b.Boundaries = series.Boundaries(kind[0] - '0')
	} else {
		d.fail("boundaries that the query API doesn't have")
	}
	for _, to := range []*float64{&b.Lower, &b.Upper, &b.Count} {
		d.expect(',')
		*to = d.value()
	}
	d.expect(']')
	return b
}
