package promjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// decodeSlowly decodes an answer with encoding/json, but no native histograms or statistics.
func decodeSlowly(text []byte) (*series.Result, error) {
	type pair [2]any
	var answer struct {
		Status string `json:"status"`
		Data   *struct {
			ResultType string          `json:"resultType"`
			Result     json.RawMessage `json:"result"`
		} `json:"data"`
		Warnings  []string `json:"warnings"`
		Infos     []string `json:"infos"`
		IsPartial bool     `json:"isPartial"`
		Type      string   `json:"errorType"`
		Text      string   `json:"error"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" {
		return nil, &APIError{answer.Type, answer.Text}
	}
	if answer.Data == nil {
		return nil, errNoResult
	}
	r := &series.Result{Kind: series.Kind(answer.Data.ResultType)}
	for _, warning := range answer.Warnings {
		r.Add(warning, series.Warning)
	}
	for _, info := range answer.Infos {
		r.Add(info, series.Info)
	}
	if answer.IsPartial {
		r.MarkPartial()
	}
	sample := func(p pair) (int64, string, error) {
		seconds, isNumber := p[0].(float64)
		text, isText := p[1].(string)
		if !isNumber || !isText {
			return 0, "", errors.New("not a sample")
		}
		return int64(math.Round(seconds * 1000)), text, nil
	}
	add := func(s *series.Series, p pair) error {
		ms, text, err := sample(p)
		if err != nil {
			return err
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(value, 0) {
			return err
		}
		s.Times, s.Values = append(s.Times, ms), append(s.Values, value)
		return nil
	}
	switch r.Kind {
	case series.Matrix, series.Vector:
		var list []struct {
			Metric map[string]string `json:"metric"`
			Value  *pair             `json:"value"`
			Values []pair            `json:"values"`
		}
		if err := json.Unmarshal(answer.Data.Result, &list); err != nil {
			return nil, err
		}
		for _, element := range list {
			s := series.Series{}
			for name, value := range element.Metric {
				s.Labels = append(s.Labels, series.Label{Name: name, Value: value})
			}
			sort.Slice(s.Labels, func(i, j int) bool { return s.Labels[i].Name < s.Labels[j].Name })
			pairs := element.Values
			if element.Value != nil {
				pairs = append(pairs, *element.Value)
			}
			for _, p := range pairs {
				if err := add(&s, p); err != nil {
					return nil, err
				}
			}
			r.Series = append(r.Series, s)
		}
	case series.Scalar, series.String:
		var p pair
		if err := json.Unmarshal(answer.Data.Result, &p); err != nil {
			return nil, err
		}
		if r.Kind == series.String {
			_, text, err := sample(p)
			r.Text = text
			return r, err
		}
		s := series.Series{}
		if err := add(&s, p); err != nil {
			return nil, err
		}
		r.Series = []series.Series{s}
	default:
		return nil, errNoResult
	}
	return r, nil
}

func FuzzDecode(f *testing.F) {
	for _, seed := range [][]byte{
		matrix(2, 3, floats), matrix(1, 2, integers),
		[]byte(`{"status":"success","data":{"resultType":"scalar","result":[1700000000,"3"]}}`),
		[]byte(`{"status":"success","data":{"resultType":"string","result":[1,"\u00e9"]},"warnings":["w"]}`),
		[]byte(`{"data":{"result":[{"value":[1,"2"],"metric":{"a":"b"}}],"resultType":"vector"},"status":"success"}`),
		[]byte(`{"infos":["PromQL warning: w"],"isPartial":true,"data":{"result":[],"resultType":"vector"},"warnings":["PromQL info: i"],"status":"success"}`),
		[]byte(`{"status":"error","errorType":"x","error":"y"}`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Decode(bytes.NewReader(body), Limits{})
		slow, slowErr := Decode(iotest.OneByteReader(bytes.NewReader(body)), Limits{})
		if (err == nil) != (slowErr == nil) || (err == nil && !cmp.Equal(got, slow, same)) {
			t.Fatalf("the result differs if the body is read byte by byte: %v, %v", err, slowErr)
		}
		want, wantErr := decodeSlowly(body)
		// encoding/json accepts some answers that no server sends, such as keys in another
		// case. If Decode and encoding/json both decode an answer, the results must be equal.
		if err == nil && wantErr == nil && hasUniqueKeys(body) && !cmp.Equal(sortNotes(want), sortNotes(got), same) {
			t.Fatal(cmp.Diff(want, got, same))
		}
	})
}

// sortNotes sorts the warnings and infos, because their order depends on the order of the keys
// in the answer. The reason of a partial result depends on it too, so sortNotes replaces the
// reason by a constant text.
func sortNotes(r *series.Result) *series.Result {
	slices.Sort(r.Warnings)
	slices.Sort(r.Infos)
	if r.Partial != "" {
		r.Partial = "any reason"
	}
	return r
}

// hasUniqueKeys reports whether each key that Decode reads occurs at most once in an answer, in
// its usual letter case. For other answers, Decode and encoding/json can return different
// results. hasUniqueKeys also returns false for answers with escapes, histograms, statistics or
// the byte 0x80.
func hasUniqueKeys(body []byte) bool {
	for _, key := range []string{"status", "data", "resultType", "result", "warnings", "infos", "isPartial", "errorType", "error", "metric"} {
		folded := bytes.Count(bytes.ToLower(body), []byte(`"`+strings.ToLower(key)+`"`))
		if folded > 1 || folded != bytes.Count(body, []byte(`"`+key+`"`)) {
			return false
		}
	}
	folded := bytes.ToLower(body)
	return bytes.Count(folded, []byte("value")) == bytes.Count(body, []byte(`"value"`))+bytes.Count(body, []byte(`"values"`)) && bytes.Count(folded, []byte("value")) <= 1 && !bytes.ContainsRune(body, '\\') && !bytes.Contains(body, []byte("istogram")) && !slices.Contains(body, 0x80) && !bytes.Contains(body, []byte("stats"))
}

func TestUsualAnswersAreCompared(t *testing.T) {
	for _, body := range []string{
		`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}]}}`,
		`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]}]},"warnings":["x"]}`,
	} {
		if !hasUniqueKeys([]byte(body)) {
			t.Errorf("%s isn't compared with the result of encoding/json", body)
		}
	}
	if hasUniqueKeys([]byte(`{"status":"success","Status":"error"}`)) {
		t.Error("an answer with a repeated key is compared")
	}
}
