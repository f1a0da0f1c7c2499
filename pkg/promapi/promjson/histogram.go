package promjson

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"

// histogram reads a native histogram:
// [time, {"count": "", "sum": "", "buckets": [[boundaries, "lower", "upper", "count"], …]}].
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
			h.Buckets = d.buckets()
		default:
			d.skip()
		}
	})
	d.expect(']')
	if d.err == nil && !d.exceedsBuckets() {
		s.HistogramTimes = append(s.HistogramTimes, ms)
		s.Histograms = append(s.Histograms, h)
	}
}

func (d *decoder) buckets() []series.Bucket {
	if d.null() {
		return nil
	}
	d.lastBuckets = d.lastBuckets[:0]
	d.array(d.bucket)
	return d.bucketSlab.clone(d.lastBuckets)
}

func (d *decoder) bucket() {
	if d.exceedsBuckets() {
		return
	}
	var b series.Bucket
	d.expect('[')
	if boundaries := d.number(); len(boundaries) == 1 && boundaries[0] >= '0' && boundaries[0] <= '3' {
		b.Boundaries = series.Boundaries(boundaries[0] - '0')
	} else {
		d.fail("unknown boundaries of a histogram bucket")
	}
	d.expect(',')
	b.Lower = d.value()
	d.expect(',')
	b.Upper = d.value()
	d.expect(',')
	b.Count = d.value()
	d.expect(']')
	d.lastBuckets = append(d.lastBuckets, b)
}

// exceedsBuckets counts a bucket or a native histogram, and reports whether the answer
// exceeds a limit. It sets the error if so.
func (d *decoder) exceedsBuckets() bool {
	d.bucketCount++
	d.pendingSamples++
	if d.bucketCount > maxBuckets {
		d.err = &LimitError{BucketLimit, maxBuckets}
	}
	return d.err != nil || d.exceedsSamples()
}
