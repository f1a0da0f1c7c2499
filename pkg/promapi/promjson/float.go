package promjson

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// maxDigits is the maximum number of decimal digits that always fit in a uint64.
const maxDigits = 19

// decimal parses the decimal number at buf[at:] and returns it with the index after it. If
// decimal can't parse the number exactly, next equals at, and strconv has to parse it. buf
// ends with zeros, so that eight bytes can be loaded at any index of the number; see pad.
func decimal(buf []byte, at int) (value float64, next int) {
	p := at
	negative := buf[p] == '-'
	if negative {
		p++
	}
	integer := p
	mantissa, p := digits(buf, p, 0)
	count := p - integer
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
		shift, end := parseExponent(buf, p+1)
		if end == p+1 {
			return 0, at
		}
		exponent, p = exponent+shift, end
	}
	if count > maxDigits {
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

// digits appends the decimal digits at buf[p:] to a mantissa. It returns the result, sum, and
// the index after the digits. It reads words of eight bytes, and finds the first byte that
// isn't a digit: after xor with '0', only digits are below ten. Because sum can overflow, the
// caller has to check the number of digits.
func digits(buf []byte, p int, mantissa uint64) (sum uint64, next int) {
	for p+8 <= len(buf) {
		word := binary.LittleEndian.Uint64(buf[p:]) ^ 0x3030303030303030
		nonDigits := ((word + 0x7676767676767676) | word) & 0x8080808080808080
		if nonDigits == 0 {
			mantissa = mantissa*1e8 + parseEight(word)
			p += 8
			continue
		}
		// Shift the word's first n bytes to its end, with zeros before them.
		n := bits.TrailingZeros64(nonDigits) / 8
		if n > 0 {
			mantissa = mantissa*powersOfTen[n] + parseEight(word<<(64-8*n))
		}
		return mantissa, p + n
	}
	return mantissa, p
}

var powersOfTen = [8]uint64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}

// parseEight returns the value of a number with eight digits. Each byte of word is a digit;
// the lowest byte is the first digit. parseEight combines neighboring digits into pairs, the
// pairs into groups of four, and these groups into the number.
func parseEight(word uint64) uint64 {
	word = word*10 + word>>8
	const pairs = 0x000000FF000000FF
	return ((word&pairs)*(100+1e6<<32) + (word>>16&pairs)*(1+1e4<<32)) >> 32
}

// parseExponent parses the exponent after an e.
func parseExponent(buf []byte, at int) (exponent, next int) {
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

// scale returns the float64 nearest to mantissa·10^exponent. exact is false if scale can't
// determine this float64. If float64 can represent both factors exactly, a single operation
// rounds correctly (Clinger's fast path). Otherwise, scale calls the function nearest, which
// uses 128 bits of the power of ten (the Eisel-Lemire algorithm).
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

// parseFloat parses a sample's value as Prometheus writes it, and any other number that
// strconv accepts. A number out of range becomes an infinity.
func parseFloat(text []byte) (value float64, ok bool) {
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
