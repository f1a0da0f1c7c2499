package promjson

import (
	"errors"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Exemplars reads an answer of query_exemplars. most bounds how many exemplars
// are decoded; 0 is no bound. Its errors are those of Stream; with a *LimitError
// comes what there was up to it.
func Exemplars(r io.Reader, most int) (series.ExemplarResult, error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, Limits{Samples: most}, nil)
	var answer series.ExemplarResult
	d.envelope(func() {
		d.array(func() {
			if s := d.exemplarSeries(); len(s.Exemplars) > 0 {
				answer.Series = append(answer.Series, s)
			}
		})
	})
	answer.Notes = d.result.Notes
	limit, over := errors.AsType[*LimitError](d.err)
	switch {
	case over:
		return answer, limit
	case d.err != nil:
		return series.ExemplarResult{}, d.err
	case d.status != success:
		return series.ExemplarResult{}, &d.failure
	}
	return answer, nil
}

// exemplarSeries reads {"seriesLabels": {…}, "exemplars": […]}.
func (d *decoder) exemplarSeries() (s series.ExemplarSeries) {
	d.object(func(key []byte) {
		switch string(key) {
		case "seriesLabels":
			s.Labels = d.labels()
		case "exemplars":
			if d.null() {
				return
			}
			d.array(func() {
				if one, ok := d.exemplar(); ok {
					s.Exemplars = append(s.Exemplars, one)
				}
			})
		default:
			d.skip()
		}
	})
	return s
}

// exemplar reads {"labels": {…}, "value": "1.5", "timestamp": 1600096945.479};
// some servers write the value as a number.
func (d *decoder) exemplar() (one series.Exemplar, ok bool) {
	d.total++
	if d.limits.Samples > 0 && d.total > d.limits.Samples {
		d.err = &LimitError{exemplarLimit, d.limits.Samples}
		return one, false
	}
	d.object(func(key []byte) {
		switch string(key) {
		case "labels":
			one.Labels = d.labels()
		case "value":
			if d.peek() == '"' {
				one.Value = d.value()
				return
			}
			one.Value, _ = float(d.number())
		case "timestamp":
			one.Time = d.time()
		default:
			d.skip()
		}
	})
	return one, d.err == nil
}
