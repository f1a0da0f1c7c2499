package promjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"sort"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const twoExemplars = `{"status":"success","data":[{"seriesLabels":{"__name__":"x_bucket","le":"1"},"exemplars":[
	{"labels":{"trace_id":"EpTxMJ40fUus7aGY"},"value":"6","timestamp":1600096945.479},
	{"labels":{"trace_id":"Olp9XHlq763ccsfa"},"value":"+Inf","timestamp":1600096955.479}]}]}`

func TestExemplars(t *testing.T) {
	bucket := series.Labels{{Name: "__name__", Value: "x_bucket"}, {Name: "le", Value: "1"}}
	trace := func(id string) series.Labels { return series.Labels{{Name: "trace_id", Value: id}} }
	for _, test := range []struct {
		name, body string
		want       []series.ExemplarSeries
	}{
		{"Prometheus", twoExemplars, []series.ExemplarSeries{{Labels: bucket, Exemplars: []series.Exemplar{
			{Labels: trace("EpTxMJ40fUus7aGY"), Value: 6, Time: 1600096945479}, {Labels: trace("Olp9XHlq763ccsfa"), Value: math.Inf(1), Time: 1600096955479}}}}},
		{"other order of keys, numeric values, unknown keys", `{"data":[{"exemplars":[{"timestamp":1,"x":[{}],"value":0.25,"labels":{"trace_id":"t"}}],"y":null,"seriesLabels":{"le":"1","__name__":"x_bucket"}}],"warnings":["w"],"status":"success"}`,
			[]series.ExemplarSeries{{Labels: bucket, Exemplars: []series.Exemplar{{Labels: trace("t"), Value: 0.25, Time: 1000}}}}},
		{"none", `{"status":"success","data":[]}`, nil},
		{"null", `{"status":"success","data":null}`, nil},
		{"series without exemplars", `{"status":"success","data":[{"seriesLabels":{"a":"b"},"exemplars":[]},{"seriesLabels":{},"exemplars":null}]}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, reader := range map[string]io.Reader{"whole": strings.NewReader(test.body), "byte by byte": iotest.OneByteReader(strings.NewReader(test.body))} {
				got, err := Exemplars(reader, 0)
				if err != nil {
					t.Fatal(name, err)
				}
				if diff := cmp.Diff(test.want, got.Series, same); diff != "" {
					t.Error(name, diff)
				}
			}
		})
	}
}

func TestExemplarsRejectsInvalidAnswers(t *testing.T) {
	for _, body := range []string{
		``, `{"status":"success","data":{}}`, `{"status":"success","data":[7]}`, `{"data":[]}`,
		`{"status":"success","data":[{"seriesLabels":{"a":1}}]}`,
		`{"status":"success","data":[{"exemplars":[{"value":"x"}]}]}`,
		`{"status":"success","data":[{"exemplars":[{"value":true}]}]}`,
		`{"status":"success","data":[{"exemplars":[{"timestamp":1e300}]}]}`,
	} {
		if got, err := Exemplars(strings.NewReader(body), 0); err == nil {
			t.Errorf("%s: decoded to %+v", body, got)
		}
	}
}

func TestExemplarsErrorTypes(t *testing.T) {
	_, err := Exemplars(strings.NewReader(`{"status":"error","errorType":"bad_data","error":"no"}`), 0)
	if api, ok := errors.AsType[*APIError](err); !ok || api.Text != "no" {
		t.Errorf("got %v", err)
	}
	if _, err = Exemplars(strings.NewReader(twoExemplars[:150]), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	got, err := Exemplars(strings.NewReader(twoExemplars), 1)
	if limit, ok := errors.AsType[*LimitError](err); !ok || limit.Error() != "more than 1 exemplars" || len(got.Series) != 1 || len(got.Series[0].Exemplars) != 1 {
		t.Errorf("got %v with %+v", err, got)
	}
	if _, err = Exemplars(strings.NewReader(twoExemplars), 2); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

func FuzzExemplars(f *testing.F) {
	for _, seed := range []string{
		twoExemplars,
		`{"data":[{"exemplars":[{"timestamp":1,"value":-2.5e-7,"labels":{}}],"seriesLabels":{"a":"b"}}],"status":"success"}`,
		`{"status":"success","data":[]}`,
		`{"status":"error","errorType":"x","error":"y"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Exemplars(bytes.NewReader(body), 0)
		slow, slowErr := Exemplars(iotest.OneByteReader(bytes.NewReader(body)), 0)
		if (err == nil) != (slowErr == nil) || (err == nil && !cmp.Equal(got, slow, same)) {
			t.Fatalf("the result differs if the body is read byte by byte: %v, %v", err, slowErr)
		}
		// encoding/json accepts some answers that no server sends. If Exemplars and
		// encoding/json both decode an answer, the results must be equal.
		if want, ok := decodeExemplarsSlowly(body); ok && err == nil && !cmp.Equal(want, got.Series, same) {
			t.Fatal(cmp.Diff(want, got, same))
		}
	})
}

// decodeExemplarsSlowly decodes with encoding/json. ok is false for answers that encoding/json
// rejects, and for those that it may treat differently: answers with duplicate keys, keys in
// another letter case, or escapes.
func decodeExemplarsSlowly(body []byte) (all []series.ExemplarSeries, ok bool) {
	folded := bytes.ToLower(body)
	for _, key := range []string{"status", "data", "seriesLabels", "exemplars", "labels", "value", "timestamp"} {
		n := bytes.Count(body, []byte(`"`+key+`"`))
		if n > 1 || bytes.Count(folded, []byte(`"`+strings.ToLower(key)+`"`)) != n || bytes.ContainsRune(body, '\\') {
			return nil, false
		}
	}
	var answer struct {
		Data []struct {
			SeriesLabels map[string]string
			Exemplars    []struct {
				Labels    map[string]string
				Value     any
				Timestamp float64
			}
		}
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil, false
	}
	sorted := func(m map[string]string) (l series.Labels) {
		for name, value := range m {
			l = append(l, series.Label{Name: name, Value: value})
		}
		sort.Slice(l, func(i, j int) bool { return l[i].Name < l[j].Name })
		return l
	}
	for _, element := range answer.Data {
		s := series.ExemplarSeries{Labels: sorted(element.SeriesLabels)}
		for _, e := range element.Exemplars {
			exemplar := series.Exemplar{Labels: sorted(e.Labels), Time: int64(math.Round(e.Timestamp * 1000))}
			switch v := e.Value.(type) {
			case float64:
				exemplar.Value = v
			case string:
				exemplar.Value, _ = parseFloat([]byte(v))
			}
			s.Exemplars = append(s.Exemplars, exemplar)
		}
		if len(s.Exemplars) > 0 {
			all = append(all, s)
		}
	}
	return all, true
}
