package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/decoders"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// cost is the cost of decoding a response.
type cost struct {
	ns, bytes float64 // per sample
	allocs    float64 // per series
}

// pairing contains the names of a response and a decoder.
type pairing struct{ response, decoder string }

// benchTime is the minimum duration of one measurement.
const benchTime = "200ms"

// measureDecoders measures every decoder with every response. Each round measures all
// combinations, so that a temporary load of the machine affects many combinations instead of
// one.
func measureDecoders(ctx context.Context, rounds int) ([]row, error) {
	if err := flag.Set("test.benchtime", benchTime); err != nil {
		return nil, err
	}
	measured := responses.Measured()
	seen := map[pairing][]cost{}
	for range rounds {
		for _, response := range measured {
			for _, decoder := range decoders.All {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				c, err := decode(decoder, response)
				if err != nil {
					return nil, fmt.Errorf("%s: decode %s: %w", decoder.Name, response.Name, err)
				}
				p := pairing{response.Name, decoder.Name}
				seen[p] = append(seen[p], c)
			}
		}
	}
	costs := map[pairing]cost{}
	for p, all := range seen {
		costs[p] = medianCost(all)
	}
	printDecoders(measured, costs)
	return decoderBudget(costs), nil
}

func medianCost(all []cost) cost {
	var ns, size, allocs []float64
	for _, c := range all {
		ns, size, allocs = append(ns, c.ns), append(size, c.bytes), append(allocs, c.allocs)
	}
	return cost{median(ns), median(size), median(allocs)}
}

func printDecoders(measured []responses.Response, costs map[pairing]cost) {
	t := table{title: "Decoder", note: "From a body in memory to columns in memory. A native histogram of 20 buckets is one sample. × is the time relative to this plugin."}
	t.add("response", "decoder", "ns/sample", "×", "B/sample", "allocs/series")
	for _, response := range measured {
		ours := costs[pairing{response.Name, decoders.Ours.Name}]
		for _, decoder := range decoders.All {
			c := costs[pairing{response.Name, decoder.Name}]
			t.add(response.Name, decoder.Name, trim(c.ns), trim(c.ns/ours.ns), trim(c.bytes), trim(c.allocs))
		}
	}
	t.print()
}

// decode measures one decoder with one response with Go's benchmark runner.
func decode(decoder decoders.Decoder, response responses.Response) (cost, error) {
	var failure error
	result := testing.Benchmark(func(b *testing.B) { //nolint:thelper // this is the benchmark
		for b.Loop() {
			if _, err := decoder.Decode(bytes.NewReader(response.Body)); err != nil {
				failure = err
				b.FailNow()
			}
		}
	})
	return cost{
		ns:     float64(result.NsPerOp()) / float64(response.Samples),
		bytes:  float64(result.AllocedBytesPerOp()) / float64(response.Samples),
		allocs: float64(result.AllocsPerOp()) / float64(response.Series),
	}, failure
}

func decoderBudget(costs map[pairing]cost) []row {
	ours := func(response string) cost { return costs[pairing{response, decoders.Ours.Name}] }
	times := func(decoder decoders.Decoder) float64 {
		return costs[pairing{responses.SeventeenDigits, decoder.Name}].ns / ours(responses.SeventeenDigits).ns
	}
	allocs := 0.0
	for _, response := range []string{responses.SeventeenDigits, responses.SixDigits, responses.RaggedTimes, responses.ManySeries, responses.InstantVector} {
		allocs = max(allocs, ours(response).allocs)
	}
	return []row{
		atMost("decode 17-digit floats, per sample", ours(responses.SeventeenDigits).ns, 55, " ns"),
		atMost("decode integers, per sample", ours(responses.SixDigits).ns, 25, " ns"),
		atLeast("17-digit floats, time of streaming jsoniter ÷ this plugin's", times(decoders.StreamingJSONIter), 3, ""),
		atLeast("17-digit floats, time of client_golang ÷ this plugin's", times(decoders.ClientGolang), 8, ""),
		atMost("memory with shared timestamps, per sample", ours(responses.SeventeenDigits).bytes, 12, " B"),
		atMost("memory with different timestamps, per sample", ours(responses.RaggedTimes).bytes, 34, " B"),
		atMost("allocations per series, maximum of all responses with floats", allocs, 12, ""),
	}
}
