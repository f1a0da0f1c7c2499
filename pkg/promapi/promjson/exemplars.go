package promjson

import (
	"errors"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Exemplars decodes an answer of query_exemplars with at most maxExemplars exemplars; 0 is
// no limit. Its errors are among those of Stream. A *LimitError is returned along with the
// exemplars up to the limit.
func Exemplars(r io.Reader, maxExemplars int) (series.ExemplarResult, error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, Limits{Samples: maxExemplars}, nil)
	var answer series.ExemplarResult
	d.envelope(func() {
		d.array(func() {
			if s := d.exemplarSeries(); len(s.Exemplars) > 0 {
				answer.Series = append(answer.Series, s)
			}
		})
	})
	answer.Notes = d.result.Notes
	limit, isLimit := errors.AsType[*LimitError](d.err)
	switch {
	case isLimit:
		return answer, limit
	case d.err != nil:
		return series.ExemplarResult{}, d.err
	case d.status != statusSuccess:
		return series.ExemplarResult{}, d.apiError()
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
				if e, ok := d.exemplar(); ok {
					s.Exemplars = append(s.Exemplars, e)
				}
			})
		default:
			d.skip()
		}
	})
	return s
}

// exemplar reads {"labels": {…}, "value": "1.5", "timestamp": 1600096945.479}. Some
// servers write the value as a number.
func (d *decoder) exemplar() (e series.Exemplar, ok bool) {
	d.sampleCount++
	if d.limits.Samples > 0 && d.sampleCount > d.limits.Samples {
		d.err = &LimitError{exemplarLimit, d.limits.Samples}
		return e, false
	}
	d.object(func(key []byte) {
		switch string(key) {
		case "labels":
			e.Labels = d.labels()
		case "value":
			if d.peek() == '"' {
				e.Value = d.value()
				return
			}
			e.Value, _ = parseFloat(d.number())
		case "timestamp":
			e.Time = d.time()
		default:
			d.skip()
		}
	})
	return e, d.err == nil
}
