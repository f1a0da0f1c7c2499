package decoders_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/answers"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/decoders"
)

// TestDecodersAgree: a time says something only where the same work was done.
func TestDecodersAgree(t *testing.T) {
	for _, answer := range []answers.Answer{
		answers.Matrix("floats", 3, 50, answers.Floats),
		answers.Matrix("integers", 3, 50, answers.Integers),
		answers.Ragged("ragged", 5, 50, answers.Floats),
		answers.Vector("vector", 20, answers.Floats),
		answers.Histograms("histograms", 2, 5, 7),
	} {
		t.Run(answer.Name, func(t *testing.T) {
			want := decoded(t, decoders.EncodingJSON, answer)
			if len(want) != answer.Series {
				t.Fatalf("%d series, want %d", len(want), answer.Series)
			}
			for _, decoder := range decoders.All {
				if diff := cmp.Diff(want, decoded(t, decoder, answer)); diff != "" {
					t.Errorf("%s: %s", decoder.Name, diff)
				}
			}
		})
	}
}

func TestNothingElseDecodes(t *testing.T) {
	for _, body := range []string{
		``, `{`, `{"status":"error","errorType":"bad_data","error":"no"}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}`,
	} {
		for _, decoder := range decoders.All {
			if _, err := decoder.Decode(bytes.NewReader([]byte(body))); err == nil {
				t.Errorf("%s decodes %q", decoder.Name, body)
			}
		}
	}
}

func decoded(t *testing.T, decoder decoders.Decoder, answer answers.Answer) []decoders.Series {
	t.Helper()
	got, err := decoder.Decode(bytes.NewReader(answer.Body))
	if err != nil {
		t.Fatal(decoder.Name, err)
	}
	var all []decoders.Series
	got.Each(func(s decoders.Series) { all = append(all, s) })
	return all
}

// BenchmarkDecode is what go tool mage bench times, for profiles of one decoder.
func BenchmarkDecode(b *testing.B) {
	for _, answer := range answers.Measured() {
		for _, decoder := range decoders.All {
			b.Run(answer.Name+"/"+decoder.Name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := decoder.Decode(bytes.NewReader(answer.Body)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(answer.Samples), "ns/sample")
			})
		}
	}
}
