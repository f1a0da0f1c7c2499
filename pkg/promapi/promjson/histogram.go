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
			h.Buckets = d.readBuckets()
		default:
			d.skip()
		}
	})
	d.expect(']')
	if d.err == nil && !d.overBuckets() {
		s.HistogramTimes = append(s.HistogramTimes, ms)
		s.Histograms = append(s.Histograms, h)
	}
}

func (d *decoder) readBuckets() []series.Bucket {
	if d.null() {
		return nil
	}
	d.bucketScratch = d.bucketScratch[:0]
	d.array(d.bucket)
	return d.bucketSlab.clone(d.bucketScratch)
}

func (d *decoder) bucket() {
	if d.overBuckets() {
		return
	}
	var b series.Bucket
	d.expect('[')
	if kind := d.number(); len(kind) == 1 && kind[0] >= '0' && kind[0] <= '3' {
		b.Boundaries = series.Boundaries(kind[0] - '0')
	} else {
		d.fail("boundaries that the query API doesn't have")
	}
	d.expect(',')
	b.Lower = d.value()
	d.expect(',')
	b.Upper = d.value()
	d.expect(',')
	b.Count = d.value()
	d.expect(']')
	d.bucketScratch = append(d.bucketScratch, b)
}

// overBuckets counts a bucket, or a native histogram, and ends the answer where it has
// too many.
func (d *decoder) overBuckets() bool {
	d.buckets++
	d.pending++
	if d.buckets > maxBuckets {
		d.err = &LimitError{BucketLimit, maxBuckets}
	}
	return d.err != nil || d.overSamples()
}
