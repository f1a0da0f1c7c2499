package promjson

import (
	"math"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// sampleRoom is more than a sample of the usual form takes:
// [1700000000.123,"-1.2345678901234567e-300"],
const sampleRoom = 96

// samples reads the values of a matrix's series.
func (d *decoder) samples() {
	d.expect('[')
	if d.take(']') {
		return
	}
	for d.err == nil {
		if d.end-d.pos < sampleRoom && d.eof == nil {
			// Looked at once a window, which bounds a single endless series too.
			if d.overSamples() {
				return
			}
			d.more(sampleRoom)
		}
		if !d.usualSample() {
			d.sample()
		}
		if d.pos < d.end && d.buf[d.pos] == ',' {
			d.pos++
			continue
		}
		if d.take(']') {
			return
		}
		d.expect(',')
	}
}

// usualSample reads a sample written as Prometheus does, without white space,
// that stands whole in the window. It consumes nothing where it reports false.
func (d *decoder) usualSample() bool {
	p := d.pos
	if d.end-p < sampleRoom || d.buf[p] != '[' {
		return false
	}
	p++
	width, predicted := d.column.predicted(d.buf, p)
	var ms int64
	if !predicted {
		ms, width = milliseconds(d.buf, p)
		if width == 0 {
			return false
		}
	}
	text := d.buf[p : p+width]
	p += width
	if d.buf[p] != ',' || d.buf[p+1] != '"' {
		return false
	}
	value, end := decimal(d.buf, p+2)
	if end == p+2 {
		// NaN is as usual as a number where a ratio has no denominator.
		if d.buf[end] != 'N' || d.buf[end+1] != 'a' || d.buf[end+2] != 'N' {
			return false
		}
		value, end = math.NaN(), end+3
	}
	if d.buf[end] != '"' || d.buf[end+1] != ']' {
		return false
	}
	if predicted {
		d.column.step()
	} else {
		d.column.add(ms, text)
	}
	d.values = append(d.values, value)
	d.pos = end + 2
	return true
}

// latest is as far from 1970 as times reach, in seconds: frames count them in
// nanoseconds, and one beyond the year 2262 would turn up in another century.
const latest = math.MaxInt64/1_000_000_000 - 1

// milliseconds reads a time in seconds with up to three decimals; width is 0
// where it has another form.
func milliseconds(buf []byte, at int) (ms int64, width int) {
	seconds, p := digits(buf, at, 0)
	if p == at || seconds > latest || p-at > 12 || (buf[at] == '0' && p > at+1) {
		return 0, 0
	}
	ms = int64(seconds) * 1000
	if buf[p] == '.' {
		fraction, end := digits(buf, p+1, 0)
		n := end - p - 1
		if n < 1 || n > 3 {
			return 0, 0
		}
		ms += int64(fraction * powersOfTen[3-n])
		p = end
	}
	if buf[p] != ',' {
		return 0, 0
	}
	return ms, p - at
}

// sample reads a [time, "value"] pair in any form that JSON allows.
func (d *decoder) sample() {
	d.expect('[')
	ms := d.time()
	d.expect(',')
	value := d.value()
	d.expect(']')
	if d.err == nil {
		d.column.add(ms, nil)
		d.values = append(d.values, value)
	}
}

// time reads seconds as a JSON number.
func (d *decoder) time() (ms int64) {
	d.near()
	if ms, width := milliseconds(d.buf, d.pos); width > 0 {
		d.pos += width
		return ms
	}
	seconds, ok := float(d.number())
	if d.err == nil && (!ok || math.Abs(seconds) > latest) {
		d.fail("a time out of range")
		return 0
	}
	return int64(math.Round(seconds * 1000))
}

// near skips white space and brings the next token into the window, whole unless
// it is of unusual length.
func (d *decoder) near() byte {
	c := d.peek()
	if d.end-d.pos < sampleRoom && d.eof == nil {
		d.more(sampleRoom)
	}
	return c
}

// value reads a float written as a string.
func (d *decoder) value() float64 {
	if d.near() == '"' {
		begin := d.pos + 1
		if value, end := decimal(d.buf, begin); end > begin && d.buf[end] == '"' {
			d.pos = end + 1
			return value
		}
	}
	value, ok := float(d.string())
	if !ok {
		d.fail("a value that is no number")
	}
	return value
}

// takeColumns ends a series: its times and values leave the decoder's memory.
// Every shape counts on times that ascend, as Prometheus's do.
func (d *decoder) takeColumns(s *series.Series) {
	times, ok := d.column.done()
	if !ok || !ascend(s.HistogramTimes) {
		d.fail("times that don't ascend")
		return
	}
	if len(d.values) > 0 {
		s.Times, s.Values = times, taken(&d.values)
	}
}

// taken returns what scratch memory holds, in memory of its own: a copy, or the scratch
// memory itself where it is too large to be kept.
func taken[T any](scratch *[]T) []T {
	all := *scratch
	if cap(all) <= maxScratch {
		return slices.Clone(all)
	}
	*scratch = nil
	return slices.Clip(all)
}
