package frames

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestFieldsOfValuesAreDescribed checks that the field of each series contains Options.Values
// in every format, in addition to its name.
func TestFieldsOfValuesAreDescribed(t *testing.T) {
	floats := series.Result{Kind: series.Matrix, Series: []series.Series{
		{Labels: labels("le", "1", "model", "a"), Times: []int64{0, 15_000}, Values: []float64{1, 2}},
		{Labels: labels("le", "2", "model", "a"), Times: []int64{0, 15_000}, Values: []float64{3, 4}},
	}}
	histogram := func(buckets ...series.Bucket) series.Result {
		return series.Result{Kind: series.Matrix, Series: []series.Series{{
			Labels: labels("model", "a"), HistogramTimes: []int64{0}, Histograms: []series.Histogram{{Count: 2, Sum: 3, Buckets: buckets}},
		}}}
	}
	native := histogram(series.Bucket{Lower: 1, Upper: 2, Count: 2})
	custom := histogram(series.Bucket{Lower: 0, Upper: 5, Count: 1}, series.Bucket{Lower: 5, Upper: 7, Count: 1})
	described := Options{Values: Values{Unit: "reqps", Decimals: new(uint16(2)), Description: "Requests per second."}}
	streamed := func(r *series.Result, o Options) (data.Frames, error) {
		s := Stream{Options: o}
		frame, err := s.Frame(r.Series[0])
		return data.Frames{frame}, err
	}
	for name, test := range map[string]struct {
		convert func(*series.Result, Options) (data.Frames, error)
		result  series.Result
		want    int // fields with values
	}{
		"time series":       {allTimeSeries, floats, 2},
		"wide time series":  {allTimeSeriesWide, floats, 2},
		"numbers":           {allNumeric, floats, 2},
		"table":             {Table, floats, 1},
		"classic histogram": {Heatmap, floats, 2},
		"native histogram":  {Heatmap, native, 1},
		"custom buckets":    {Heatmap, custom, 3},
		"stream":            {streamed, floats, 1},
	} {
		t.Run(name, func(t *testing.T) {
			plain, got := must(test.convert(&test.result, Options{})), must(test.convert(&test.result, described))
			fields := 0
			for i, frame := range got {
				for j, field := range frame.Fields {
					config, before := field.Config, plain[i].Fields[j].Config
					if before != nil && (before.Unit != "" || before.Description != "") {
						t.Errorf("field %s has the unit %q without the option", field.Name, before.Unit)
					}
					if config == nil || config.Unit == "" {
						continue
					}
					fields++
					if config.Unit != "reqps" || *config.Decimals != 2 || config.Description != "Requests per second." {
						t.Errorf("field %s has %+v", field.Name, config)
					}
					if before != nil && config.DisplayNameFromDS != before.DisplayNameFromDS {
						t.Errorf("field %s is named %q, and %q without the option", field.Name, config.DisplayNameFromDS, before.DisplayNameFromDS)
					}
				}
			}
			if fields != test.want {
				t.Errorf("%d fields have a unit, want %d", fields, test.want)
			}
		})
	}
}
