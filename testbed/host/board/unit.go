package board

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Format formats a value for a table. unit is a Grafana unit id. The id of an unknown
// unit is appended to the number.
func Format(value float64, unit string) string {
	switch unit {
	case "", "none", "short":
		return scaled(value, 1000, "", "K", "Mil", "Bil", "Tri")
	case "percentunit":
		return number(value*100) + "%"
	case "percent":
		return number(value) + "%"
	case "s":
		return seconds(value)
	case "ms":
		return seconds(value / 1000)
	case "reqps":
		return scaled(value, 1000, " req/s", "K req/s", "M req/s")
	case "ops":
		return scaled(value, 1000, " ops/s", "K ops/s", "M ops/s")
	case "bytes":
		return scaled(value, 1024, " B", " KiB", " MiB", " GiB", " TiB")
	case "binBps":
		return scaled(value, 1024, " B/s", " KiB/s", " MiB/s", " GiB/s", " TiB/s")
	case "Bps":
		return scaled(value, 1000, " B/s", " kB/s", " MB/s", " GB/s", " TB/s")
	case "currencyUSD":
		return "$" + number(value)
	default:
		return number(value) + " " + unit
	}
}

// scaled divides a value by base until the result is less than base or the last suffix is
// reached. It appends the suffix whose index is the number of divisions.
func scaled(value, base float64, suffixes ...string) string {
	step := 0
	for math.Abs(value) >= base && step < len(suffixes)-1 {
		value /= base
		step++
	}
	return number(value) + suffixes[step]
}

func seconds(value float64) string {
	switch size := math.Abs(value); {
	case size == 0:
		return "0 s"
	case size < 1e-3:
		return number(value*1e6) + " µs"
	case size < 1:
		return number(value*1e3) + " ms"
	case size < 120:
		return number(value) + " s"
	case size < 7200:
		return number(value/60) + " min"
	default:
		return number(value/3600) + " h"
	}
}

// number formats a number with at most three significant digits. Numbers from 100 on are
// rounded to an integer, of which all digits are kept.
func number(value float64) string {
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return fmt.Sprint(value)
	case value == math.Trunc(value) && math.Abs(value) < 1e15:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case math.Abs(value) >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case math.Abs(value) < 1e-3:
		return strconv.FormatFloat(value, 'e', 2, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(value))))
	text := strconv.FormatFloat(value, 'f', digits, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}
