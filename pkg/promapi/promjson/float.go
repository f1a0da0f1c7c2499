package promjson

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// mostDigits is how many decimal digits a uint64 holds whatever they are.
const mostDigits = 19

// decimal reads the decimal number at buf[at:] and returns it with the place
// behind it; at itself where the number isn't one that it can read exactly,
// which is then for strconv. Eight bytes can be loaded from any place that it
// looks at: see pad.
func decimal(buf []byte, at int) (value float64, next int) {
	p := at
	negative := buf[p] == '-'
	if negative {
		p++
	}
	whole := p
	mantissa, p := digits(buf, p, 0)
	count := p - whole
	if count == 0 {
		return 0, at
	}
	exponent := 0
	if buf[p] == '.' {
		p++
		fraction := p
		if mantissa == 0 {
			for buf[p] == '0' {
				p++
			}
			count = 0
		}
		significant := p
		mantissa, p = digits(buf, p, mantissa)
		if p == fraction {
			return 0, at
		}
		count += p - significant
		exponent = fraction - p
	}
	if buf[p]|0x20 == 'e' {
		shift, end := exponentOf(buf, p+1)
		if end == p+1 {
			return 0, at
		}
		exponent, p = exponent+shift, end
	}
	if count > mostDigits {
		return 0, at
	}
	value, exact := scale(mantissa, exponent)
	if !exact {
		return 0, at
	}
	if negative {
		value = math.Copysign(value, -1)
	}
	return value, p
}

// digits appends the digits at buf[p:] to a mantissa, up to eight at a time: the
// bytes of a word minus '0' are below ten up to the first that is no digit.
// What overflows is for the caller, who knows how many there were.
func digits(buf []byte, p int, mantissa uint64) (sum uint64, next int) {
	for p+8 <= len(buf) {
		word := binary.LittleEndian.Uint64(buf[p:]) ^ 0x3030303030303030
		others := ((word + 0x7676767676767676) | word) & 0x8080808080808080
		if others == 0 {
			mantissa = mantissa*1e8 + eight(word)
			p += 8
			continue
		}
		// The word's first n bytes move to its end, with zeros before them.
		n := bits.TrailingZeros64(others) / 8
		if n > 0 {
			mantissa = mantissa*powersOfTen[n] + eight(word<<(64-8*n))
		}
		return mantissa, p + n
	}
	return mantissa, p
}

var powersOfTen = [8]uint64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}

// eight sums up eight digits, the first in the lowest byte: neighbours are put
// together to pairs, pairs to fours and fours to the number.
func eight(word uint64) uint64 {
	word = word*10 + word>>8
	const pairs = 0x000000FF000000FF
	return ((word&pairs)*(100+1e6<<32) + (word>>16&pairs)*(1+1e4<<32)) >> 32
}

// exponentOf reads the exponent behind an e.
func exponentOf(buf []byte, at int) (exponent, next int) {
	p := at
	sign := buf[p]
	if sign == '+' || sign == '-' {
		p++
	}
	from := p
	for buf[p]-'0' <= 9 && p-from < 4 {
		exponent = exponent*10 + int(buf[p]-'0')
		p++
	}
	if p == from || buf[p]-'0' <= 9 {
		return 0, at
	}
	if sign == '-' {
		exponent = -exponent
	}
	return exponent, p
}

var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// scale returns the float64 nearest to mantissa·10^exponent, unless it can't
// tell. Where both factors are floats, one operation rounds once (Clinger);
// everything else takes 128 bits of the power of ten (Eisel and Lemire).
func scale(mantissa uint64, exponent int) (value float64, exact bool) {
	if mantissa>>53 == 0 {
		switch {
		case exponent == 0:
			return float64(mantissa), true
		case exponent > 0 && exponent < len(exactPowers):
			return float64(mantissa) * exactPowers[exponent], true
		case exponent < 0 && -exponent < len(exactPowers):
			return float64(mantissa) / exactPowers[-exponent], true
		case mantissa == 0:
			return 0, true
		}
	}
	return nearest(mantissa, exponent)
}

// float reads a sample's value as Prometheus writes it, and whatever else
// strconv takes for a number. One out of range is an infinity.
func float(text []byte) (value float64, ok bool) {
	switch string(text) {
	case "NaN":
		return math.NaN(), true
	case "+Inf":
		return math.Inf(1), true
	case "-Inf":
		return math.Inf(-1), true
	}
	value, err := strconv.ParseFloat(string(text), 64)
	return value, err == nil || math.IsInf(value, 0)
}
