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

// cost of decoding an answer once.
type cost struct {
	ns, bytes float64 // a sample
	allocs    float64 // a series
}

// pairing is an answer and who decodes it, by their names.
type pairing struct{ answer, decoder string }

// benchTime is how long one decoder decodes one answer in one round.
const benchTime = "200ms"

// measureDecoders times every decoder on every answer. A round goes through all
// of them, so that what disturbs the machine for a while disturbs all alike.
func measureDecoders(ctx context.Context, rounds int) ([]row, error) {
	if err := flag.Set("test.benchtime", benchTime); err != nil {
		return nil, err
	}
	measured := responses.Measured()
	seen := map[pairing][]cost{}
	for range rounds {
		for _, answer := range measured {
			for _, decoder := range decoders.All {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				c, err := decode(decoder, answer)
				if err != nil {
					return nil, fmt.Errorf("%s decodes %s: %w", decoder.Name, answer.Name, err)
				}
				p := pairing{answer.Name, decoder.Name}
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
	t := table{title: "Decoder", note: "From a body in memory to columns in memory. A native histogram of 20 buckets is one sample. × is the time over this plugin's."}
	t.add("answer", "decoder", "ns/sample", "×", "B/sample", "allocs/series")
	for _, answer := range measured {
		ours := costs[pairing{answer.Name, decoders.Ours.Name}]
		for _, decoder := range decoders.All {
			c := costs[pairing{answer.Name, decoder.Name}]
			t.add(answer.Name, decoder.Name, trim(c.ns), trim(c.ns/ours.ns), trim(c.bytes), trim(c.allocs))
		}
	}
	t.print()
}

// decode has Go's own harness time one decoder on one answer.
func decode(decoder decoders.Decoder, answer responses.Response) (cost, error) {
	var failure error
	result := testing.Benchmark(func(b *testing.B) { //nolint:thelper // it is the benchmark
		for b.Loop() {
			if _, err := decoder.Decode(bytes.NewReader(answer.Body)); err != nil {
				failure = err
				b.FailNow()
			}
		}
	})
	return cost{
		ns:     float64(result.NsPerOp()) / float64(answer.Samples),
		bytes:  float64(result.AllocedBytesPerOp()) / float64(answer.Samples),
		allocs: float64(result.AllocsPerOp()) / float64(answer.Series),
	}, failure
}

func decoderBudget(costs map[pairing]cost) []row {
	ours := func(answer string) cost { return costs[pairing{answer, decoders.Ours.Name}] }
	times := func(decoder decoders.Decoder) float64 {
		return costs[pairing{responses.SeventeenDigits, decoder.Name}].ns / ours(responses.SeventeenDigits).ns
	}
	allocs := 0.0
	for _, answer := range []string{responses.SeventeenDigits, responses.SixDigits, responses.RaggedGrids, responses.ManySeries, responses.InstantVector} {
		allocs = max(allocs, ours(answer).allocs)
	}
	return []row{
		atMost("decode 17-digit floats, a sample", ours(responses.SeventeenDigits).ns, 55, " ns"),
		atMost("decode integers, a sample", ours(responses.SixDigits).ns, 25, " ns"),
		atLeast("streaming jsoniter, times ours", times(decoders.StreamingJSONIter), 3, ""),
		atLeast("client_golang, times ours", times(decoders.ClientGolang), 8, ""),
		atMost("memory on a shared grid, a sample", ours(responses.SeventeenDigits).bytes, 12, " B"),
		atMost("memory on ragged grids, a sample", ours(responses.RaggedGrids).bytes, 34, " B"),
		atMost("allocations a series, the most of any answer of floats", allocs, 12, ""),
	}
}
