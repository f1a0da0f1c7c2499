package decoders_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/decoders"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// TestDecodersAgree checks that all decoders return the same values, which makes their
// times comparable.
func TestDecodersAgree(t *testing.T) {
	for _, response := range []responses.Response{
		responses.Matrix("floats", 3, 50, responses.Floats),
		responses.Matrix("integers", 3, 50, responses.Integers),
		responses.Ragged("ragged", 5, 50, responses.Floats),
		responses.Vector("vector", 20, responses.Floats),
		responses.Histograms("histograms", 2, 5, 7),
	} {
		t.Run(response.Name, func(t *testing.T) {
			want := decoded(t, decoders.EncodingJSON, response)
			if len(want) != response.Series {
				t.Fatalf("%d series, want %d", len(want), response.Series)
			}
			for _, decoder := range decoders.All {
				if diff := cmp.Diff(want, decoded(t, decoder, response)); diff != "" {
					t.Errorf("%s: %s", decoder.Name, diff)
				}
			}
		})
	}
}

func TestDecodersRejectInvalidResponses(t *testing.T) {
	for _, body := range []string{
		``, `{`, `{"status":"error","errorType":"bad_data","error":"no"}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}`,
	} {
		for _, decoder := range decoders.All {
			if _, err := decoder.Decode(bytes.NewReader([]byte(body))); err == nil {
				t.Errorf("%s decodes %q without an error", decoder.Name, body)
			}
		}
	}
}

func decoded(t *testing.T, decoder decoders.Decoder, response responses.Response) []decoders.Series {
	t.Helper()
	got, err := decoder.Decode(bytes.NewReader(response.Body))
	if err != nil {
		t.Fatal(decoder.Name, err)
	}
	var all []decoders.Series
	got.Each(func(s decoders.Series) { all = append(all, s) })
	return all
}

// BenchmarkDecode measures the decoders with the same responses as go tool mage bench. Use
// it to profile one decoder.
func BenchmarkDecode(b *testing.B) {
	for _, response := range responses.Measured() {
		for _, decoder := range decoders.All {
			b.Run(response.Name+"/"+decoder.Name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := decoder.Decode(bytes.NewReader(response.Body)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(response.Samples), "ns/sample")
			})
		}
	}
}
