package promjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var same = cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || (math.IsNaN(a) && math.IsNaN(b))
})}

func TestDecode(t *testing.T) {
	ab := series.Labels{{Name: "__name__", Value: "up"}, {Name: "job", Value: `a"b`}}
	var partial series.Notes
	partial.MarkPartial()
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
		{"empty result", `{"status":"success","data":{"resultType":"matrix","result":[]}}`, series.Result{Kind: series.Matrix}},
		{"nulls", `{"status":"success","data":{"resultType":"vector","result":null},"warnings":null}`, series.Result{Kind: series.Vector}},
		{"other order of keys, white space, unknown keys", "{\n \"data\" : { \"result\" : [ {\"value\":[1 , \"2\" ],\"extra\":{\"a\":[1,-2.5e3,true,null]},\"metric\":{\"b\":\"1\"}} ] , \"resultType\":\"vector\" } ,\t\"status\":\"success\", \"x\":null}\r\n",
			series.Result{Kind: series.Vector, Series: []series.Series{{Labels: series.Labels{{Name: "b", Value: "1"}}, Times: []int64{1000}, Values: []float64{2}}}}},
		{"escapes", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a\u0062":"\ud83d\ude00\t\/","z":"` + "\xff" + `"},"value":[1,"\u0032"]}]}}`,
			series.Result{Kind: series.Vector, Series: []series.Series{{Labels: series.Labels{{Name: "ab", Value: "😀\t/"}, {Name: "z", Value: "\ufffd"}}, Times: []int64{1000}, Values: []float64{2}}}}},
		{"warnings, infos and stats", `{"status":"success","data":{"resultType":"vector","result":[],"stats":{"timings":{"execTotalTime":0.25},"samples":{"totalQueryableSamples":10,"peakSamples":7,"totalQueryableSamplesPerStep":null}}},"warnings":["w"],"infos":["i"]}`,
			series.Result{Kind: series.Vector, Notes: series.Notes{Warnings: []string{"w"}, Infos: []string{"i"}, Partial: "w"}, Stats: &series.Stats{Samples: 10, PeakSamples: 7, Seconds: 0.25}}},
		{"partial answer of VictoriaMetrics", `{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]},"stats":{"seriesFetched":"0"}}`,
			series.Result{Kind: series.Vector, Notes: partial}},
		{"isPartial at the end", `{"data":{"resultType":"vector","result":[]},"status":"success","isPartial":true}`,
			series.Result{Kind: series.Vector, Notes: partial}},
		{"complete answer of VictoriaMetrics", `{"status":"success","isPartial":false,"data":{"resultType":"vector","result":[]}}`,
			series.Result{Kind: series.Vector}},
		{"isPartial of the wrong type", `{"status":"success","isPartial":"true","data":{"resultType":"vector","result":[]}}`,
			series.Result{Kind: series.Vector}},
		{"floats and native histograms", `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"5"]],"histograms":[[2,{"count":"3","sum":"4.5","buckets":[[3,"-0.1","0.1","1"],[0,"1","2","2"]]}]]}]}}`,
			series.Result{Kind: series.Matrix, Series: []series.Series{{Times: []int64{1000}, Values: []float64{5}, HistogramTimes: []int64{2000}, Histograms: []series.Histogram{
				{Count: 3, Sum: 4.5, Buckets: []series.Bucket{{Boundaries: series.ClosedBoth, Lower: -0.1, Upper: 0.1, Count: 1}, {Boundaries: series.OpenLeft, Lower: 1, Upper: 2, Count: 2}}},
			}}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, reader := range map[string]io.Reader{
				"whole": strings.NewReader(test.body), "byte by byte": iotest.OneByteReader(strings.NewReader(test.body)),
			} {
				got, err := Decode(reader, Limits{})
				if err != nil {
					t.Fatal(name, err)
				}
				if diff := cmp.Diff(&test.want, got, same); diff != "" {
					t.Error(name, diff)
				}
			}
		})
	}
}

func TestDecodeRejectsInvalidAnswers(t *testing.T) {
	for _, body := range []string{
		``, `{`, `[]`, `null`, `{"status":"success"}`, `{"status":"success","data":{"resultType":"matrix"`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2",3]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[01,"2"]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1e300,"2"]]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}`,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"\n\"},\"value\":[1,\"1\"]}]}}",
		`{"status":"success","data":{"resultType":"table","result":[]}}`,
		`{"status":"success","data":{"resultType":"scalar","result":[]}}`,
		`{"status":"success","data":{"resultType":"scalar","result":[1,"x"]}}`,
		`{"status":"success","x":` + strings.Repeat("[", 100_000) + `}`,
	} {
		if got, err := Decode(strings.NewReader(body), Limits{}); err == nil {
			t.Errorf("%.80s: decoded to %+v", body, got)
		}
	}
}

func TestDecodeErrorTypes(t *testing.T) {
	_, err := Decode(strings.NewReader(`{"status":"error","errorType":"bad_data","error":"no"}`), Limits{})
	if api, ok := errors.AsType[*APIError](err); !ok || api.Type != "bad_data" || api.Text != "no" {
		t.Errorf("got %v", err)
	}
	body := matrix(3, 100, integers)
	if _, err = Decode(bytes.NewReader(body[:len(body)/2]), Limits{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("broken pipe")
	if _, err = Decode(io.MultiReader(bytes.NewReader(body[:500]), iotest.ErrReader(broken)), Limits{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	_, err = Decode(strings.NewReader(`{"status":"success","data":7}`), Limits{})
	if syntax, ok := errors.AsType[*SyntaxError](err); !ok || syntax.Offset != 27 {
		t.Errorf("got %v", err)
	}
}

func TestDecodeRejectsTimestampsOutOfOrder(t *testing.T) {
	for _, series := range []string{
		`"values":[[1,"1"],[1,"2"]]`, `"values":[[2,"1"],[1,"2"]]`,
		`"values":[[1,"1"],[2,"1"],[3,"1"],[2,"1"]]`,
		`"histograms":[[1,{"count":"1","sum":"1"}],[1,{"count":"1","sum":"1"}]]`,
	} {
		body := `{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"],[2,"1"],[3,"1"]]},{` + series + `}]}}`
		_, err := Decode(strings.NewReader(body), Limits{})
		if _, ok := errors.AsType[*SyntaxError](err); !ok || !strings.Contains(err.Error(), "don't ascend") {
			t.Errorf("%s: %v", series, err)
		}
	}
}

// endless is a reader that repeats its text forever.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text[(e.read+n)%len(e.text):])
	}
	e.read += n
	return n, nil
}

func TestSampleLimitEndsEndlessSeries(t *testing.T) {
	const withBuckets = "more than 1000 samples, each bucket of a native histogram counted as one"
	for name, element := range map[string]struct{ open, repeat, want string }{
		"floats":                {`"values":[`, `[1,"1.25"],`, "more than 1000 samples"},
		"histograms":            {`"histograms":[`, `[1,{"count":"1","sum":"1"}],`, withBuckets},
		"buckets of histograms": {`"histograms":[`, `[1,{"buckets":[[0,"1","2","3"],[0,"2","4","3"]]}],`, withBuckets},
		"buckets":               {`"histograms":[[1,{"buckets":[`, `[0,"1","2","3"],`, withBuckets},
	} {
		t.Run(name, func(t *testing.T) {
			body := &endless{text: element.repeat}
			_, err := Decode(io.MultiReader(strings.NewReader(`{"data":{"resultType":"matrix","result":[{`+element.open), body), Limits{Samples: 1000})
			if limit, ok := errors.AsType[*LimitError](err); !ok || limit.Error() != element.want {
				t.Errorf("got %v", err)
			}
			if body.read > 1<<20 {
				t.Errorf("read %d bytes", body.read)
			}
		})
	}
}

func TestDecodeReturnsResultUpToLimit(t *testing.T) {
	for _, limits := range []Limits{{Series: 3}, {Samples: 300}} {
		body := &countingReader{r: bytes.NewReader(matrix(1000, 100, integers))}
		got, err := Decode(body, limits)
		if limit, ok := errors.AsType[*LimitError](err); !ok || len(got.Series) != 3 {
			t.Errorf("%+v: %v", limits, limit)
		}
		if body.n > 2*window {
			t.Errorf("%+v: read %d bytes", limits, body.n)
		}
	}
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// valueFunc returns the value of a sample.
type valueFunc func(r *rand.Rand) float64

func integers(r *rand.Rand) float64 { return float64(r.IntN(1_000_000)) }
func floats(r *rand.Rand) float64   { return r.Float64() * math.Pow(10, float64(r.IntN(6)-3)) }

// matrix returns an answer of query_range in the format of Prometheus.
func matrix(count, points int, values valueFunc) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[`)
	for i := range count {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"metric":{"__name__":"http_requests_total","instance":"10.0.%d.%d:9090","job":"api","method":"GET","status":"200"},"values":[`, i/250, i%250)
		for j := range points {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `[%s,"%s"]`, strconv.FormatFloat(1700000000.5+float64(15*j), 'f', -1, 64), strconv.FormatFloat(values(r), 'f', -1, 64))
		}
		b.WriteString(`]}`)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

func TestDecodeEqualsEncodingJSON(t *testing.T) {
	for name, values := range map[string]valueFunc{"integers": integers, "floats": floats, "specials": func(r *rand.Rand) float64 {
		return []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64, -1e-7}[r.IntN(8)]
	}} {
		t.Run(name, func(t *testing.T) {
			body := matrix(40, 700, values)
			want, err := decodeSlowly(body)
			if err != nil {
				t.Fatal(err)
			}
			for name, reader := range map[string]io.Reader{"whole": bytes.NewReader(body), "halves": iotest.HalfReader(bytes.NewReader(body))} {
				got, err := Decode(reader, Limits{})
				if err != nil {
					t.Fatal(name, err)
				}
				if diff := cmp.Diff(want, got, same); diff != "" {
					t.Fatal(name, diff)
				}
			}
		})
	}
}

// Series share a column if the timestamps of each are a contiguous part of the column: they
// may begin later or end earlier than the column. A series with a gap has a separate column.
func TestSeriesShareTimestamps(t *testing.T) {
	seriesJSON := func(steps ...int) string {
		texts := make([]string, len(steps))
		for i, step := range steps {
			texts[i] = fmt.Sprintf(`[%d,"%d"]`, 1700000000+15*step, step)
		}
		return `{"metric":{},"values":[` + strings.Join(texts, ",") + `]}`
	}
	body := `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join([]string{
		seriesJSON(2, 3, 4), seriesJSON(2, 3), seriesJSON(3, 4, 5), seriesJSON(3, 4, 5), seriesJSON(2, 4, 5), seriesJSON(0, 1, 2, 3, 4, 5), seriesJSON(0, 1, 2),
	}, ",") + `]}}`
	got, err := Decode(strings.NewReader(body), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := decodeSlowly([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Fatal(diff)
	}
	shares := func(a, b int) bool { return &got.Series[a].Times[0] == &got.Series[b].Times[0] }
	if !shares(0, 1) || !shares(2, 3) || shares(0, 4) || !shares(5, 6) {
		t.Errorf("shared: %t %t %t %t", shares(0, 1), shares(2, 3), shares(0, 4), shares(5, 6))
	}
}

func TestDecimalEqualsStrconv(t *testing.T) {
	check := func(text string) {
		t.Helper()
		want, err := strconv.ParseFloat(text, 64)
		buf := append([]byte(text+`"`), make([]byte, 40)...)
		got, next := decimal(buf, 0)
		if next == 0 || buf[next] != '"' {
			return // strconv has to parse it
		}
		if next != len(text) || err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s: got %v up to %d, want %v", text, got, next, want)
		}
	}
	for _, text := range []string{
		"0", "-0", "0.0", "1", "-1.5", "9007199254740993", "9007199254740992", "18446744073709551615", "18446744073709551616",
		"0.1", "0.000001", "123456789.123456789", "1e-7", "1e+21", "1E5", "4.35", "2.2250738585072014e-308", "5e-324", "1.7976931348623157e308",
		"1e23", "8.5e22", "9e-23", "0.00012345678901234567", "100000000000000000000", "7.2057594037927933e16", "6929495644600919.5",
		strings.Repeat("9", 400), "0." + strings.Repeat("0", 300) + "1", "1e400", "1e", "1.", ".5", "--1", "1e5000", "0x10", "",
	} {
		check(text)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 300_000 {
		value := math.Float64frombits(r.Uint64())
		if math.IsNaN(value) || math.IsInf(value, 0) {
			continue
		}
		check(strconv.FormatFloat(value, 'g', -1, 64))
		check(strconv.FormatFloat(math.Ldexp(1+r.Float64(), r.IntN(80)-40), 'f', -1, 64))
		// Halfway between two floats.
		between := math.Ldexp(float64(1<<53+2*r.Int64N(1<<51)+1), r.IntN(20)-10)
		check(strconv.FormatFloat(between, 'f', -1, 64))
		check(strconv.FormatInt(1<<53+2*r.Int64N(1<<52)+1, 10))
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, body := range map[string][]byte{
		"floats": matrix(100, 1000, floats), "integers": matrix(100, 1000, integers), "vector": matrix(10_000, 1, floats),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			samples := 0
			for b.Loop() {
				result, err := Decode(bytes.NewReader(body), Limits{})
				if err != nil {
					b.Fatal(err)
				}
				samples = 0
				for _, s := range result.Series {
					samples += len(s.Values)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(samples), "ns/sample")
		})
	}
}
