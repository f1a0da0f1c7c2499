package promjson

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// decodeFuncs contains one decoding function for each kind of answer.
var decodeFuncs = map[string]func(io.Reader) error{
	"query":      func(r io.Reader) error { _, err := Decode(r, Limits{}); return err },
	"exemplars":  func(r io.Reader) error { _, err := Exemplars(r, 0); return err },
	"strings":    func(r io.Reader) error { _, err := Strings(r, 1<<30); return err },
	"label sets": func(r io.Reader) error { _, err := LabelSets(r, 1<<30); return err },
	"families":   func(r io.Reader) error { _, err := Families(r, 1<<30, 1<<30); return err },
}

// An answer at a bound is decoded. An answer that exceeds the bound by one is an error.
func TestBounds(t *testing.T) {
	const (
		query      = `{"status":"success","data":{"resultType":"vector","result":[`
		exemplars  = `{"status":"success","data":[{"seriesLabels":{"s":"1"},"exemplars":[`
		label      = `"a":"b",`
		tenLabels  = label + label + label + label + label + label + label + label + label + `"c":"d"`
		tenBuckets = `[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"],[0,"1","2","3"]`
	)
	long := strings.Repeat("x", 1<<20-1)
	for _, test := range []struct {
		name, answer  string
		begin, repeat string
		times         int // repetitions at the bound
		over, end     string
		limit         string
	}{
		{"labels of series", "query", query, `{"metric":{` + tenLabels + `},"value":[1,"1"]},`, maxLabels / 10,
			`{"metric":{"a":"b"},"value":[1,"1"]},`, `{"metric":{},"value":[1,"1"]}]}}`, "more than 2000000 labels"},
		{"equal labels of one series", "query", query + `{"metric":{`, label, maxSetLabels - 1,
			`"a":"b",`, `"a":"b"}}]}}`, "more than 200000 labels in one set"},
		{"labels of exemplars", "exemplars", exemplars, `{"labels":{` + tenLabels + `}},`, maxLabels/10 - 1,
			`{"labels":{` + tenLabels + `}},`, `{"labels":{}}]}]}`, "more than 2000000 labels"},
		{"equal labels of one exemplar", "exemplars", exemplars + `{"labels":{`, label, maxSetLabels - 1,
			`"a":"b",`, `"a":"b"}}]}]}`, "more than 200000 labels in one set"},
		{"labels of listed series", "label sets", `{"status":"success","data":[`, `{` + tenLabels + `},`, maxLabels / 10,
			`{"a":"b"},`, `{}]}`, "more than 2000000 labels"},
		{"text of the labels of one series", "query", query + `{"metric":{`, `"l":"` + long + `",`, maxSetMiB,
			`"":"x",`, `"":""},"value":[1,"1"]}]}}`, "more than 8 MiB of labels in one set"},
		{"text of labels", "query", query, `{"metric":{"l":"` + long + `"},"value":[1,"1"]},`, maxLabelMiB,
			`{"metric":{"":"x"},"value":[1,"1"]},`, `{"metric":{},"value":[1,"1"]}]}}`, "more than 64 MiB of labels"},
		{"text of labels of exemplars", "exemplars", strings.Replace(exemplars, `"s":"1"`, "", 1), `{"labels":{"l":"` + long + `"}},`, maxLabelMiB,
			`{"labels":{"":"x"}},`, `{"labels":{}}]}]}`, "more than 64 MiB of labels"},
		{"buckets", "query", query + `{"metric":{},"histogram":[1,{"buckets":[`, `[0,"1","2","3"],`, maxBuckets - 2,
			`[0,"1","2","3"],`, `[0,"1","2","3"]]}]}]}}`, "more than 2000000 native histograms and buckets"},
		{"native histograms with their buckets", "query", query, `{"metric":{},"histogram":[1,{"buckets":[` + tenBuckets + `]}]},`, maxBuckets / 10,
			`{"metric":{},"histogram":[1,{}]},`, `{"metric":{},"value":[1,"1"]}]}}`, "more than 2000000 native histograms and buckets"},
		{"label value", "query", query + `{"metric":{"a":"`, "x", maxTextMiB * mib, "x", `"},"value":[1,"1"]}]}}`, "more than 4 MiB in one string"},
		{"label name", "exemplars", exemplars + `{"labels":{"`, "x", maxTextMiB * mib, "x", `":""}}]}]}`, "more than 4 MiB in one string"},
		{"listed name", "strings", `{"status":"success","data":["`, "x", maxTextMiB * mib, "x", `"]}`, "more than 4 MiB in one string"},
		{"string of escapes", "strings", `{"status":"success","data":["`, `\n`, maxTextMiB * mib, `\n`, `"]}`, "more than 4 MiB in one string"},
		{"description", "families", `{"status":"success","data":{"up":[{"help":"`, "x", maxTextMiB * mib, "x", `"}]}}`, "more than 4 MiB in one string"},
		{"string of an unknown key", "query", `{"x":"`, "x", maxTextMiB * mib, "x", `","status":"success","data":{"resultType":"vector","result":[]}}`, "more than 4 MiB in one string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := func(over string) io.Reader {
				return io.MultiReader(strings.NewReader(test.begin), &repeat{text: test.repeat, times: test.times}, strings.NewReader(over+test.end))
			}
			if err := decodeFuncs[test.answer](answer("")); err != nil {
				t.Errorf("at the bound: %v", err)
			}
			err := decodeFuncs[test.answer](answer(test.over))
			if limit, ok := errors.AsType[*LimitError](err); !ok || limit.Error() != test.limit {
				t.Errorf("over the bound: %v", err)
			}
		})
	}
}

// Each native histogram and each of its buckets counts as a sample. The samples of earlier
// answers count towards the limit too.
func TestBucketsCountAsSamples(t *testing.T) {
	const body = `{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"]],"histograms":[[2,{"buckets":[[0,"1","2","3"],[0,"2","4","3"]]}],[3,{}]]},{"values":[[1,"1"]]}]}}`
	got, err := Decode(strings.NewReader(body), Limits{Samples: 6})
	if err != nil || got.Size() != 6 || got.Samples() != 4 {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, limits := range []Limits{{Samples: 5}, {Samples: 10, Used: 5}} {
		if _, err := Decode(strings.NewReader(body), limits); err == nil || !strings.HasSuffix(err.Error(), "samples, each bucket of a native histogram counted as one") {
			t.Errorf("%+v: %v", limits, err)
		}
	}
	if _, err := Decode(strings.NewReader(body), Limits{Samples: 10, Used: 4}); err != nil {
		t.Error(err)
	}
}

func TestNotesOverBoundAreSkipped(t *testing.T) {
	for count, want := range map[int]string{maxNotesRead - 1: "a store is down", maxNotesRead: ""} {
		body := `{"status":"success","data":{"resultType":"vector","result":[]},"warnings":[` + strings.Repeat(`"PromQL info: i",`, count) + `"a store is down"]}`
		got, err := Decode(strings.NewReader(body), Limits{})
		if err != nil || got.Partial != want {
			t.Errorf("after %d notes: partial %q, %v", count, got.Partial, err)
		}
	}
}

// A decoder doesn't keep the scratch memory of an unusually large answer.
func TestReleaseDropsLargeScratch(t *testing.T) {
	body := `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{` + strings.Repeat(`"a":"b",`, maxSetLabels-1) + `"a":"b"},` +
		`"values":[` + strings.Repeat(`[1,"1"],`, 2*maxScratch) + `[1,"1"]],"histograms":[[1,{"buckets":[` + strings.Repeat(`[0,"1","2","3"],`, 2*maxScratch) + `[0,"1","2","3"]]}]]}]},"x":"` + strings.Repeat("x", 2*maxScratch) + `"}`
	var d decoder
	d.begin(strings.NewReader(body), Limits{}, func(series.Series) error { return nil })
	d.envelope(func() { d.object(d.data) })
	d.release()
	for name, n := range map[string]int{
		"values": cap(d.values), "times": cap(d.column.times), "text": cap(d.text), "labels": cap(d.lastLabels), "buckets": cap(d.lastBuckets),
	} {
		if n > maxScratch {
			t.Errorf("decoder keeps memory for %d %s", n, name)
		}
	}
}

// The test bounds the total size of all allocations. The memory in use at any time is smaller.
func TestAllocationsAtBounds(t *testing.T) {
	const query = `{"status":"success","data":{"resultType":"matrix","result":[`
	for _, test := range []struct {
		name, answer       string
		begin, repeat, end string
		times              int
		maxMiB             uint64
	}{
		{"labels", "query", query, `{"metric":{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":""},"values":[[1,"1"]]},`, `{"values":[[1,"1"]]}]}}`, maxLabels / 10, 150},
		{"equal labels", "query", query + `{"metric":{`, `"a":"",`, `"a":""},"values":[[1,"1"]]}]}}`, maxSetLabels - 1, 50},
		{"buckets", "query", query + `{"histograms":[[1,{"buckets":[`, `[0,"1","2","3"],`, `[0,"1","2","3"]]}]]}]}}`, maxBuckets - 2, 700},
		{"native histograms", "query", query + `{"histograms":[`, `[1,{}],`, `[2,{}]]}]}}`, maxBuckets - 1, 900},
		{"one string", "strings", `{"status":"success","data":["`, "x", `"]}`, maxTextMiB * mib, 40},
	} {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_ = decodeFuncs[test.answer](io.MultiReader(strings.NewReader(test.begin), &repeat{text: test.repeat, times: test.times}, strings.NewReader(test.end)))
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%d MiB", allocated)
			if allocated > test.maxMiB {
				t.Errorf("%d MiB were allocated", allocated)
			}
		})
	}
}
