package decoders

import (
	"io"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Ours uses package promjson, which decodes samples to columns of milliseconds and floats,
// and labels to sorted slices. Series with the same timestamps can share a column of times.
var Ours = Decoder{"this plugin", func(r io.Reader) (Decoded, error) {
	result, err := promjson.Decode(r, promjson.Limits{})
	return ours{result}, err
}}

type ours struct{ *series.Result }

func (o ours) Each(each func(Series)) {
	for _, s := range o.Series {
		out := Series{Labels: s.Labels.Map(), Values: s.Values}
		for _, ms := range s.Times {
			out.Times = append(out.Times, time.UnixMilli(ms).UTC())
		}
		for i, h := range s.Histograms {
			at := time.UnixMilli(s.HistogramTimes[i]).UTC()
			for _, b := range h.Buckets {
				out.add(at, b.Lower, b.Upper, b.Count, int8(b.Boundaries)) //nolint:gosec // G115: boundaries are from 0 to 3
			}
		}
		each(out)
	}
}

func (b *Buckets) add(at time.Time, lower, upper, count float64, boundaries int8) {
	b.BucketTimes = append(b.BucketTimes, at)
	b.Lower = append(b.Lower, lower)
	b.Upper = append(b.Upper, upper)
	b.Count = append(b.Count, count)
	b.Boundaries = append(b.Boundaries, boundaries)
}
