package promjson

import (
	"math"
	"slices"
)

// maxUsualSample is more than the length of any sample of the usual form, such as
// [1700000000.123,"-1.2345678901234567e-300"], in bytes.
const maxUsualSample = 96

// samples reads the values of a series of a matrix.
func (d *decoder) samples() {
	d.expect('[')
	if d.take(']') {
		return
	}
	for d.err == nil {
		if d.end-d.pos < maxUsualSample && d.eof == nil {
			// The limit is checked once per window, so that a single endless series is bounded
			// too.
			if d.exceedsSamples() {
				return
			}
			d.more(maxUsualSample)
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

// usualSample reads a sample in the format of Prometheus, without white space. It consumes
// nothing and returns false if the next value is anything else, or unusual, such as an
// infinity. It does the same if fewer than maxUsualSample bytes remain in the window.
func (d *decoder) usualSample() bool {
	p := d.pos
	if d.end-p < maxUsualSample || d.buf[p] != '[' {
		return false
	}
	p++
	width, predicted := d.column.matchesNext(d.buf, p)
	var ms int64
	if !predicted {
		ms, width = parseMillis(d.buf, p)
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
		// NaN is frequent: a ratio is NaN if its numerator and denominator are 0.
		if d.buf[end] != 'N' || d.buf[end+1] != 'a' || d.buf[end+2] != 'N' {
			return false
		}
		value, end = math.NaN(), end+3
	}
	if d.buf[end] != '"' || d.buf[end+1] != ']' {
		return false
	}
	if predicted {
		d.column.addNext()
	} else {
		d.column.add(ms, text)
	}
	d.values = append(d.values, value)
	d.pos = end + 2
	return true
}

// maxTime bounds timestamps, in seconds before or after 1970. Data frames use nanoseconds,
// which overflow in the year 2262.
const maxTime = math.MaxInt64/1_000_000_000 - 1

// parseMillis parses a time in seconds with up to three decimals. width is 0 if the time
// has another form, is out of range, or isn't followed by a comma.
func parseMillis(buf []byte, at int) (ms int64, width int) {
	seconds, p := digits(buf, at, 0)
	if p == at || seconds > maxTime || p-at > 12 || (buf[at] == '0' && p > at+1) {
		return 0, 0
	}
	ms = int64(seconds) * 1000
	if buf[p] == '.' {
		fraction, end := digits(buf, p+1, 0)
		n := end - p - 1
		if n < 1 || n > 3 {
			return 0, 0
		}
		ms += int64(fraction * powersOfTen[3-n]) //nolint:gosec // G115: fewer than 1,000 milliseconds
		p = end
	}
	if buf[p] != ',' {
		return 0, 0
	}
	return ms, p - at
}

// sample reads a pair [time, "value"] in any form that JSON allows.
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

// time reads a JSON number of seconds, and returns it in milliseconds.
func (d *decoder) time() (ms int64) {
	d.fill()
	if ms, width := parseMillis(d.buf, d.pos); width > 0 {
		d.pos += width
		return ms
	}
	seconds, ok := parseFloat(d.number())
	if d.err == nil && (!ok || math.Abs(seconds) > maxTime) {
		d.fail("a timestamp is out of range")
		return 0
	}
	return int64(math.Round(seconds * 1000))
}

// fill skips white space and reads until the window contains the next token, unless the
// token is unusually long. It returns the first byte of the token.
func (d *decoder) fill() byte {
	c := d.peek()
	if d.end-d.pos < maxUsualSample && d.eof == nil {
		d.more(maxUsualSample)
	}
	return c
}

// value reads a float in a JSON string.
func (d *decoder) value() float64 {
	if d.fill() == '"' {
		begin := d.pos + 1
		if value, end := decimal(d.buf, begin); end > begin && d.buf[end] == '"' {
			d.pos = end + 1
			return value
		}
	}
	value, ok := parseFloat(d.string())
	if !ok {
		d.fail("a value is not a number")
	}
	return value
}

// takeScratch returns the elements of scratch memory: a copy, or the memory itself if it
// is too large to be reused.
func takeScratch[T any](scratch *[]T) []T {
	all := *scratch
	if cap(all) <= maxScratch {
		return slices.Clone(all)
	}
	*scratch = nil
	return slices.Clip(all)
}
