package decoders

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	sdkjsoniter "github.com/grafana/grafana-plugin-sdk-go/data/utils/jsoniter"
	jsoniter "github.com/json-iterator/go"
)

// StreamingJSONIter decodes the body with json-iterator as a stream, as Grafana's
// Prometheus data source does: with a buffer of 1 KiB, the SDK's iterator, a map of labels
// for each series, and growing columns of time.Time and float64.
var StreamingJSONIter = Decoder{"streaming jsoniter", func(r io.Reader) (Decoded, error) {
	var all list
	err := StreamJSONIter(r, func(s Series) { all = append(all, s) })
	return all, err
}}

// list is a decoded response.
type list []Series

func (l list) Each(each func(Series)) {
	for _, s := range l {
		each(s)
	}
}

const jsoniterBuffer = 1024

var errSample = errors.New("a sample must be a pair of time and value")

// StreamJSONIter decodes a response and passes each series to a function as soon as the
// series is decoded.
func StreamJSONIter(r io.Reader, each func(Series)) error {
	iter, err := sdkjsoniter.Parse(jsoniter.ConfigDefault, r, jsoniterBuffer)
	if err != nil {
		return err
	}
	d := streaming{iter, each}
	status := ""
	err = d.object(func(key string) (err error) {
		switch key {
		case "status":
			status, err = iter.ReadString()
			return err
		case "data":
			return d.object(d.data)
		default:
			return iter.Skip()
		}
	})
	if err == nil && status != "success" {
		err = fmt.Errorf("status %q", status)
	}
	return err
}

type streaming struct {
	iter *sdkjsoniter.Iterator
	each func(Series)
}

func (d streaming) object(field func(key string) error) error {
	for {
		key, err := d.iter.ReadObject()
		if err != nil || key == "" {
			return err
		}
		if err := field(key); err != nil {
			return err
		}
	}
}

func (d streaming) array(element func() error) error {
	for {
		more, err := d.iter.ReadArray()
		if err != nil || !more {
			return err
		}
		if err := element(); err != nil {
			return err
		}
	}
}

func (d streaming) data(key string) error {
	if key == "result" {
		return d.array(d.series)
	}
	return d.iter.Skip()
}

func (d streaming) series() error {
	var s Series
	err := d.object(func(key string) error {
		switch key {
		case "metric":
			return d.iter.ReadVal(&s.Labels)
		case "value":
			return d.sample(&s)
		case "values":
			return d.array(func() error { return d.sample(&s) })
		case "histogram":
			return d.histogram(&s)
		case "histograms":
			return d.array(func() error { return d.histogram(&s) })
		default:
			return d.iter.Skip()
		}
	})
	if err == nil {
		d.each(s)
	}
	return err
}

// element moves to the next element of an array. It returns an error if there is none.
func (d streaming) element() error {
	more, err := d.iter.ReadArray()
	if err == nil && !more {
		err = errSample
	}
	return err
}

// end moves past the end of an array. It returns an error if the array has more elements.
func (d streaming) end() error {
	more, err := d.iter.ReadArray()
	if err == nil && more {
		err = errSample
	}
	return err
}

func (d streaming) sample(s *Series) error {
	at, err := d.time()
	if err != nil {
		return err
	}
	value, err := d.value()
	if err != nil {
		return err
	}
	s.Times = append(s.Times, at)
	s.Values = append(s.Values, value)
	return d.end()
}

// time reads the first element of a sample or a histogram.
func (d streaming) time() (time.Time, error) {
	if err := d.element(); err != nil {
		return time.Time{}, err
	}
	seconds, err := d.iter.ReadFloat64()
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), err
}

// value reads the next element of a sample or a bucket, a float encoded as a string.
func (d streaming) value() (float64, error) {
	if err := d.element(); err != nil {
		return 0, err
	}
	return d.float()
}

func (d streaming) float() (float64, error) {
	text, err := d.iter.ReadStringAsSlice()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(string(text), 64)
}

func (d streaming) histogram(s *Series) error {
	at, err := d.time()
	if err != nil {
		return err
	}
	if err := d.element(); err != nil {
		return err
	}
	err = d.object(func(key string) error {
		if key == "buckets" {
			return d.array(func() error { return d.bucket(s, at) })
		}
		_, err := d.float()
		return err
	})
	if err != nil {
		return err
	}
	return d.end()
}

func (d streaming) bucket(s *Series, at time.Time) error {
	if err := d.element(); err != nil {
		return err
	}
	boundaries, err := d.iter.ReadInt8()
	if err != nil {
		return err
	}
	var bounds [3]float64
	for i := range bounds {
		if bounds[i], err = d.value(); err != nil {
			return err
		}
	}
	s.add(at, bounds[0], bounds[1], bounds[2], boundaries)
	return d.end()
}
