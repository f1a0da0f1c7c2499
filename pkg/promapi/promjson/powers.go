package promjson

import (
	"math"
	"math/big"
	"math/bits"
)

// The range of powers of ten in the table. Sample values rarely have other powers; strconv
// parses those.
const (
	minPower = -64
	maxPower = 64
)

// power is the upper 128 bits of 10^n, normalized so that the highest bit is set.
type power struct{ high, low uint64 }

var powers = makePowers()

func makePowers() (table [maxPower - minPower + 1]power) {
	ten := big.NewInt(10)
	word := new(big.Int).SetUint64(math.MaxUint64)
	for i := range table {
		n := i + minPower
		size := new(big.Int).Exp(ten, big.NewInt(int64(max(n, -n))), nil)
		upper := new(big.Int)
		if n < 0 {
			// The dividend has enough bits for a quotient of more than 128 bits.
			upper.Lsh(big.NewInt(1), uint(size.BitLen()+128)).Quo(upper, size)
		} else {
			upper.Lsh(size, 128)
		}
		upper.Rsh(upper, uint(upper.BitLen()-128))
		table[i] = power{
			high: new(big.Int).Rsh(upper, 64).Uint64(),
			low:  new(big.Int).And(upper, word).Uint64(),
		}
	}
	return table
}

// nearest returns the float64 nearest to mantissa·10^exponent. exact is false if 128 bits of
// the power don't determine this float64, if the power isn't in the table, or if the result is
// subnormal or infinite. mantissa must not be 0.
// (D. Lemire: Number Parsing at a Gigabyte per Second, 2021, section 5.)
func nearest(mantissa uint64, exponent int) (value float64, exact bool) {
	if exponent < minPower || exponent > maxPower {
		return 0, false
	}
	p := powers[exponent-minPower]
	shift := bits.LeadingZeros64(mantissa)
	mantissa <<= shift

	// The upper half of the product contains the 53 bits of the result, a rounding bit, and
	// nine or ten more bits. The lower half of the power matters only if the last nine bits
	// are all ones.
	const rest = 1<<9 - 1
	high, low := bits.Mul64(mantissa, p.high)
	if high&rest == rest && low+mantissa < low {
		carry, tail := bits.Mul64(mantissa, p.low)
		sum, over := bits.Add64(low, carry, 0)
		high += over
		if high&rest == rest && sum+1 == 0 && tail+mantissa < tail {
			return 0, false
		}
		low = sum
	}

	top := high >> 63
	fraction := high >> (top + 9)
	// These 128 bits are those of a number halfway between two floats. The exact number may be
	// slightly larger, so the bits don't determine how to round.
	if low == 0 && high&rest == 0 && fraction&3 == 1 {
		return 0, false
	}
	fraction = (fraction + fraction&1) >> 1

	const bias = 1023
	// 217706/2^16 approximates log2(10) well enough for every power in the table.
	scale := (217706*exponent)>>16 + 64 + bias - shift - int(1^top) //nolint:gosec // G115: the highest bit, which is 0 or 1
	if fraction>>53 > 0 {
		fraction >>= 1
		scale++
	}
	if scale < 1 || scale > 2*bias {
		return 0, false
	}
	return math.Float64frombits(uint64(scale)<<52 | fraction&(1<<52-1)), true
}
