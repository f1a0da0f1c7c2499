package decoders

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// EncodingJSON uses package encoding/json. It decodes the complete response into structs
// and then converts the pairs of a number and a string to columns.
var EncodingJSON = Decoder{"encoding/json", func(r io.Reader) (Decoded, error) {
	var response struct {
		Status string `json:"status"`
		Data   struct {
			Result []element `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(r).Decode(&response); err != nil {
		return nil, err
	}
	if response.Status != "success" {
		return nil, fmt.Errorf("status %q", response.Status)
	}
	all := make(list, len(response.Data.Result))
	for i, e := range response.Data.Result {
		s, err := e.series()
		if err != nil {
			return nil, err
		}
		all[i] = s
	}
	return all, nil
}}

// pair is a sample: [seconds, "value"].
type pair [2]any

type element struct {
	Metric     map[string]string `json:"metric"`
	Value      *pair             `json:"value"`
	Values     []pair            `json:"values"`
	Histogram  *timedHistogram   `json:"histogram"`
	Histograms []timedHistogram  `json:"histograms"`
}

func (e element) series() (Series, error) {
	s := Series{Labels: e.Metric}
	if e.Value != nil {
		e.Values = append(e.Values, *e.Value)
	}
	if n := len(e.Values); n > 0 {
		s.Times, s.Values = make([]time.Time, n), make([]float64, n)
	}
	for i, p := range e.Values {
		seconds, isNumber := p[0].(float64)
		text, isText := p[1].(string)
		if !isNumber || !isText {
			return s, errSample
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return s, err
		}
		s.Times[i], s.Values[i] = timeOf(seconds), value
	}
	if e.Histogram != nil {
		e.Histograms = append(e.Histograms, *e.Histogram)
	}
	for _, h := range e.Histograms {
		for _, b := range h.buckets {
			if err := b.addTo(&s, h.at); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

func timeOf(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

// timedHistogram is [seconds, {"buckets": […], …}].
type timedHistogram struct {
	at      time.Time
	buckets []bucket
}

func (h *timedHistogram) UnmarshalJSON(text []byte) error {
	var seconds float64
	var body struct {
		Buckets []bucket `json:"buckets"`
	}
	halves := []any{&seconds, &body}
	if err := json.Unmarshal(text, &halves); err != nil {
		return err
	}
	h.at, h.buckets = timeOf(seconds), body.Buckets
	return nil
}

// bucket is [boundaries, "lower", "upper", "count"].
type bucket [4]any

func (b bucket) addTo(s *Series, at time.Time) error {
	boundaries, ok := b[0].(float64)
	if !ok {
		return errSample
	}
	var bounds [3]float64
	for i := range bounds {
		text, ok := b[i+1].(string)
		if !ok {
			return errSample
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		bounds[i] = value
	}
	s.add(at, bounds[0], bounds[1], bounds[2], int8(boundaries))
	return nil
}
