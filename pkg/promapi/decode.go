package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	jsoniter "github.com/json-iterator/go"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// apiError is the error that a Prometheus API reports of itself.
type apiError struct {
	Type string `json:"errorType"`
	Text string `json:"error"`
}

func (e *apiError) Error() string {
	if e.Type == "" {
		return e.Text
	}
	return e.Type + ": " + e.Text
}

// decodeData reads an answer whose data is one JSON value.
func decodeData[T any](r io.Reader) (T, error) {
	var answer struct {
		Status string `json:"status"`
		Data   T      `json:"data"`
		apiError
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return answer.Data, err
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer.Data, err
	}
	if answer.Status != "success" {
		return answer.Data, &answer.apiError
	}
	return answer.Data, nil
}

const readBuffer = 64 << 10

// decodeResult reads an answer of query or query_range, whatever the order of
// its keys.
func decodeResult(r io.Reader) (*series.Result, error) {
	iter := jsoniter.Parse(jsoniter.ConfigDefault, r, readBuffer)
	d := decoder{iter: iter, result: &series.Result{}}
	var status string
	var failure apiError
	complete := iter.ReadObjectCB(func(_ *jsoniter.Iterator, key string) bool {
		switch key {
		case "status":
			status = iter.ReadString()
		case "data":
			d.data()
		case "warnings":
			iter.ReadVal(&d.result.Warnings)
		case "infos":
			iter.ReadVal(&d.result.Infos)
		case "errorType":
			failure.Type = iter.ReadString()
		case "error":
			failure.Text = iter.ReadString()
		default:
			iter.Skip()
		}
		return iter.Error == nil
	})
	switch {
	case iter.Error != nil:
		return nil, iter.Error
	case !complete:
		return nil, io.ErrUnexpectedEOF
	case status != "success":
		return nil, &failure
	}
	return d.done()
}

type decoder struct {
	iter       *jsoniter.Iterator
	result     *series.Result
	histograms int // series that hold native histograms only
}

func (d *decoder) data() {
	d.iter.ReadObjectCB(func(iter *jsoniter.Iterator, key string) bool {
		switch key {
		case "resultType":
			d.result.Kind = series.Kind(iter.ReadString())
		case "result":
			iter.ReadArrayCB(func(iter *jsoniter.Iterator) bool {
				d.element()
				return iter.Error == nil
			})
		default:
			iter.Skip()
		}
		return iter.Error == nil
	})
}

// element reads one element of a result: a series, or one half of the
// [time, text] pair that a scalar or a string is.
func (d *decoder) element() {
	switch d.iter.WhatIsNext() {
	case jsoniter.ObjectValue:
		d.series()
	case jsoniter.NumberValue:
		d.result.Series = append(d.result.Series, series.Series{Times: []int64{d.time()}})
	case jsoniter.StringValue:
		d.result.Text = d.iter.ReadString()
	default:
		d.iter.ReportError("result", "a series or a sample was expected")
	}
}

func (d *decoder) series() {
	var s series.Series
	histograms := false
	d.iter.ReadObjectCB(func(iter *jsoniter.Iterator, key string) bool {
		switch key {
		case "metric":
			s.Labels = d.labels()
		case "value":
			d.sample(&s)
		case "values":
			iter.ReadArrayCB(func(*jsoniter.Iterator) bool {
				d.sample(&s)
				return iter.Error == nil
			})
		case "histogram", "histograms":
			histograms = true
			iter.Skip()
		default:
			iter.Skip()
		}
		return iter.Error == nil
	})
	if histograms && len(s.Values) == 0 {
		d.histograms++
		return
	}
	d.result.Series = append(d.result.Series, s)
}

func (d *decoder) labels() series.Labels {
	var labels series.Labels
	d.iter.ReadObjectCB(func(iter *jsoniter.Iterator, name string) bool {
		labels = append(labels, series.Label{Name: name, Value: iter.ReadString()})
		return iter.Error == nil
	})
	slices.SortFunc(labels, func(a, b series.Label) int { return strings.Compare(a.Name, b.Name) })
	return labels
}

// sample reads [seconds, "value"] into a series.
func (d *decoder) sample(s *series.Series) {
	at := 0
	d.iter.ReadArrayCB(func(iter *jsoniter.Iterator) bool {
		switch at {
		case 0:
			s.Times = append(s.Times, d.time())
		case 1:
			s.Values = append(s.Values, d.value(iter.ReadString()))
		default:
			iter.ReportError("sample", "a pair of time and value was expected")
		}
		at++
		return iter.Error == nil
	})
	if at != 2 && d.iter.Error == nil {
		d.iter.ReportError("sample", "a pair of time and value was expected")
	}
}

func (d *decoder) time() int64 { return int64(math.Round(d.iter.ReadFloat64() * 1000)) }

// value reads NaN, +Inf and -Inf too; Prometheus writes every value as text.
func (d *decoder) value(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		d.iter.ReportError("value", fmt.Sprintf("%q is not a number", text))
	}
	return v
}

// done puts a scalar's halves together and says what was left out.
func (d *decoder) done() (*series.Result, error) {
	switch d.result.Kind {
	case series.Matrix, series.Vector:
	case series.Scalar:
		if len(d.result.Series) != 1 {
			return nil, errResult
		}
		d.result.Series[0].Values = []float64{d.value(d.result.Text)}
		d.result.Text = ""
		if d.iter.Error != nil && !errors.Is(d.iter.Error, io.EOF) {
			return nil, d.iter.Error
		}
	case series.String:
		d.result.Series = nil
	default:
		return nil, errResult
	}
	if d.histograms > 0 {
		d.result.Warnings = append(d.result.Warnings, fmt.Sprintf(
			"%d series hold native histograms, which this version doesn't show: use histogram_quantile, histogram_count or histogram_sum.", d.histograms))
	}
	return d.result, nil
}

// meter counts the bytes of an answer and stops at a limit.
type meter struct {
	r    io.Reader
	most int64
	read int64
	head []byte // the first bytes, to tell a web page from JSON
}

func (m *meter) Read(p []byte) (int, error) {
	if m.read >= m.most {
		return 0, errTooLarge
	}
	if left := m.most - m.read; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := m.r.Read(p)
	m.read += int64(n)
	if missing := 64 - len(m.head); missing > 0 {
		m.head = append(m.head, p[:min(missing, n)]...)
	}
	return n, err
}

// isPage reports whether the answer is a web page, such as a login form.
func (m *meter) isPage() bool { return bytes.HasPrefix(bytes.TrimSpace(m.head), []byte("<")) }
