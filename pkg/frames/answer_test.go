package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// all returns a conversion that returns all frames as data frames.
func all(convert func(*series.Result, Options) (Answer, error)) func(*series.Result, Options) (data.Frames, error) {
	return func(r *series.Result, o Options) (data.Frames, error) {
		a, err := convert(r, o)
		if err != nil {
			return nil, err
		}
		return a.All(), nil
	}
}

var (
	allTimeSeries     = all(TimeSeries)
	allTimeSeriesWide = all(TimeSeriesWide)
	allNumeric        = all(Numeric)
)
