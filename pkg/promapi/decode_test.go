package promapi

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestDecodeResult(t *testing.T) {
	ab := series.Labels{{Name: "__name__", Value: "up"}, {Name: "job", Value: `a"b`}}
	for _, test := range []struct {
		name, body string
		want       series.Result
	}{
		{"matrix", `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a\"b","__name__":"up"},"values":[[1700000000.123,"1"],[1700000015.5,"NaN"],[1700000030,"-Inf"]]}]}}`,
			series.Result{Kind: series.Matrix, Series: []series.Series{{Labels: ab, Times: []int64{1700000000123, 1700000015500, 1700000030000}, Values: []float64{1, math.NaN(), math.Inf(-1)}}}}},
		{"vector", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"0.1"]}]}}`,
			series.Result{Kind: series.Vector, Series: []series.Series{{Times: []int64{1700000000000}, Values: []float64{0.1}}}}},
		{"scalar", `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"3"]}}`,
			series.Result{Kind: series.Scalar, Series: []series.Series{{Times: []int64{1700000000000}, Values: []float64{3}}}}},
		{"string", `{"status":"success","data":{"resultType":"string","result":[1700000000,"hello"]}}`,
			series.Result{Kind: series.String, Text: "hello"}},
		{"no data", `{"status":"success","data":{"resultType":"matrix","result":[]}}`, series.Result{Kind: series.Matrix}},
		{"type after result, unknown keys, white space", "{\n \"data\" : { \"result\" : [ {\"value\":[1,\"2\"],\"extra\":{\"a\":[1]},\"metric\":{\"b\":\"1\"}} ] , \"resultType\":\"vector\", \"stats\":{} } , \"status\":\"success\", \"x\":null}",
			series.Result{Kind: series.Vector, Series: []series.Series{{Labels: series.Labels{{Name: "b", Value: "1"}}, Times: []int64{1000}, Values: []float64{2}}}}},
		{"warnings and infos", `{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["w"],"infos":["i"]}`,
			series.Result{Kind: series.Vector, Warnings: []string{"w"}, Infos: []string{"i"}}},
		{"a histogram series is left out and said", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}]}}`,
			series.Result{Kind: series.Vector, Warnings: []string{"1 series hold native histograms, which this version doesn't show: use histogram_quantile, histogram_count or histogram_sum."}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := decodeResult(strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoAnswer(t *testing.T) {
	for _, body := range []string{
		``, `{`, `[]`, `{"status":"success"}`, `{"status":"success","data":{"resultType":"matrix"`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2",3]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}`,
		`{"status":"success","data":{"resultType":"table","result":[]}}`,
		`{"status":"success","data":{"resultType":"scalar","result":[]}}`,
		`{"status":"success","data":{"resultType":"scalar","result":[1,"x"]}}`,
		`{"status":"error","errorType":"bad_data","error":"no"}`,
	} {
		if got, err := decodeResult(strings.NewReader(body)); err == nil {
			t.Errorf("%s: decoded to %+v", body, got)
		}
	}
}
