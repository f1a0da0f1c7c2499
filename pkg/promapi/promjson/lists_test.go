package promjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestStrings(t *testing.T) {
	var partial series.Notes
	partial.Add("a store is down", series.Warning)
	partial.Add("i", series.Info)
	partial.MarkPartial()
	for _, test := range []struct {
		name, body string
		want       List[[]string]
	}{
		{"names", `{"status":"success","data":["a","b\u00e9","` + "\xff" + `"]}`, List[[]string]{Data: []string{"a", "bé", "\ufffd"}}},
		{"none", `{"status":"success","data":[]}`, List[[]string]{}},
		{"null", `{"status":"success","data":null}`, List[[]string]{}},
		{"no data", `{"status":"success"}`, List[[]string]{}},
		{"null elements", `{"status":"success","data":[null,"a"]}`, List[[]string]{Data: []string{"", "a"}}},
		{"other order of keys, white space, unknown keys", "{ \"x\":[{}], \"data\" : [ \"a\" ,\n\"b\" ] ,\t\"status\":\"success\" }\n", List[[]string]{Data: []string{"a", "b"}}},
		{"notes", `{"status":"success","data":["a"],"warnings":["a store is down"],"infos":["i"],"isPartial":true}`, List[[]string]{Data: []string{"a"}, Notes: partial}},
		{"isPartial of the wrong type", `{"status":"success","data":["a"],"isPartial":"true"}`, List[[]string]{Data: []string{"a"}}},
		{"duplicate key", `{"status":"success","data":["a","b","c","d"],"data":["e"]}`, List[[]string]{Data: []string{"e"}}},
		{"at the limit", `{"status":"success","data":["a","b","c"]}`, List[[]string]{Data: []string{"a", "b", "c"}}},
		{"over the limit", `{"status":"success","data":["a","b","c",{"d":[]},"e"],"infos":["i"]}`,
			List[[]string]{Data: []string{"a", "b", "c"}, Notes: series.Notes{Infos: []string{"i"}}, Truncated: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, reader := range map[string]io.Reader{"whole": strings.NewReader(test.body), "byte by byte": iotest.OneByteReader(strings.NewReader(test.body))} {
				got, err := Strings(reader, 3)
				if err != nil {
					t.Fatal(name, err)
				}
				if diff := cmp.Diff(test.want, got, same); diff != "" {
					t.Error(name, diff)
				}
			}
		})
	}
}

func TestLabelSets(t *testing.T) {
	const body = `{"status":"success","data":[{"job":"a","__name__":"up","job":"b"},null,{},{"x":"y"}]}`
	want := []series.Labels{{{Name: "__name__", Value: "up"}, {Name: "job", Value: "b"}}, nil, nil}
	got, err := LabelSets(strings.NewReader(body), 3)
	if err != nil || !got.Truncated || !cmp.Equal(want, got.Data, same) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := LabelSets(strings.NewReader(body), 4); err != nil || got.Truncated || len(got.Data) != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFamilies(t *testing.T) {
	const body = `{"status":"success","data":{"up":[{"type":"gauge","help":"It is up.","unit":""},{"unit":"s","x":7,"help":null}],"none":null,"down":[null],"more":[{}]},"warnings":["w"]}`
	up := []Metadata{{"gauge", "It is up.", ""}, {Unit: "s"}}
	for _, test := range []struct {
		name             string
		limit, perFamily int
		want             map[string][]Metadata
		truncated        bool
	}{
		{"all", 4, 2, map[string][]Metadata{"up": up, "none": {}, "down": {{}}, "more": {{}}}, false},
		{"limit of families", 2, 2, map[string][]Metadata{"up": up, "none": {}}, true},
		{"limit per family", 4, 1, map[string][]Metadata{"up": up[:1], "none": {}, "down": {{}}, "more": {{}}}, false},
	} {
		got, err := Families(strings.NewReader(body), test.limit, test.perFamily)
		if err != nil || got.Truncated != test.truncated || !slices.Equal(got.Warnings, []string{"w"}) || !cmp.Equal(test.want, got.Data) {
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
	many := `{"status":"success","data":{"a":[` + strings.Repeat("{},", maxMetadata-1) + `{}],"b":[{}],"c":[]}}`
	got, err := Families(strings.NewReader(many), 10, 1<<30)
	if err != nil || !got.Truncated || len(got.Data["a"]) != maxMetadata || len(got.Data["b"]) != 0 || len(got.Data) != 3 {
		t.Errorf("over the bound: %d families, %d entries, truncated %t, %v", len(got.Data), len(got.Data["a"]), got.Truncated, err)
	}
	if got, err := Families(strings.NewReader(strings.Replace(many, `"b":[{}]`, `"b":[]`, 1)), 10, 1<<30); err != nil || got.Truncated {
		t.Errorf("at the bound: truncated %t, %v", got.Truncated, err)
	}
}

// listFuncs decode lists with a limit of three elements.
var listFuncs = map[string]func(io.Reader) error{
	"strings":    func(r io.Reader) error { _, err := Strings(r, 3); return err },
	"label sets": func(r io.Reader) error { _, err := LabelSets(r, 3); return err },
	"families":   func(r io.Reader) error { _, err := Families(r, 3, 3); return err },
}

func TestListsRejectInvalidAnswers(t *testing.T) {
	for _, test := range []struct{ list, body, want string }{
		{"strings", ``, "unexpected EOF"},
		{"strings", `[]`, "expected {, at byte 0"},
		{"strings", `{"status":"success","data":{}}`, "unexpected JSON object, at byte 27"},
		{"strings", `{"status":"success","data":"a"}`, "unexpected JSON string, at byte 27"},
		{"strings", `{"status":"success","data":["a",7]}`, "unexpected JSON number, at byte 32"},
		{"strings", `{"status":"success","data":["a",true]}`, "unexpected JSON bool, at byte 32"},
		{"strings", `{"status":"success","data":["a",}`, `unexpected "}", at byte 32`},
		{"strings", `{"status":"success","data":["a" "b"]}`, "expected ,, at byte 32"},
		{"strings", `{"status":"success","data":["a"`, "unexpected EOF"},
		{"strings", `{"status":"success","data":["a","b","c","d"`, "unexpected EOF"},
		{"strings", `{"status":"success","data":["a"]}{}`, "unexpected data after the response, at byte 33"},
		{"strings", `{"status":"success","data":[],"warnings":[7]}`, `expected ", at byte 42`},
		{"label sets", `{"status":"success","data":["a"]}`, "unexpected JSON string, at byte 28"},
		{"label sets", `{"status":"success","data":[{"a":7}]}`, "the value of a label is not a string, at byte 33"},
		{"families", `{"status":"success","data":[]}`, "unexpected JSON array, at byte 27"},
		{"families", `{"status":"success","data":{"up":{}}}`, "unexpected JSON object, at byte 33"},
		{"families", `{"status":"success","data":{"up":[[]]}}`, "unexpected JSON array, at byte 34"},
		{"families", `{"status":"success","data":{"up":[{"help":7}]}}`, "unexpected JSON number, at byte 42"},
	} {
		if err := listFuncs[test.list](strings.NewReader(test.body)); err == nil || err.Error() != test.want {
			t.Errorf("%s %s: got %v, want %s", test.list, test.body, err, test.want)
		}
	}
	for name, read := range listFuncs {
		err := read(strings.NewReader(`{"status":"error","errorType":"bad_data","error":"no"}`))
		if api, ok := errors.AsType[*APIError](err); !ok || api.Type != "bad_data" || api.Text != "no" {
			t.Errorf("%s: got %v", name, err)
		}
		broken := errors.New("broken pipe")
		if err := read(io.MultiReader(strings.NewReader(`{"status":"success","data":`), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A truncated list doesn't have to be read to its end. After the status and the first element
// over the list's limit have been read, a body that exceeds the size limit is no error.
func TestTruncatedListIgnoresLaterLimit(t *testing.T) {
	limit := &LimitError{Limit: "bytes"}
	got, err := Strings(io.MultiReader(strings.NewReader(`{"status":"success","data":["a","b","c","d",`), iotest.ErrReader(limit)), 3)
	if err != nil || !got.Truncated || len(got.Data) != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, before := range []string{`{"status":"success","data":["a","b","c"`, `{"data":["a","b","c","d",`} {
		if _, err := Strings(io.MultiReader(strings.NewReader(before), iotest.ErrReader(limit)), 3); !errors.Is(err, limit) {
			t.Errorf("%s: got %v", before, err)
		}
	}
}

// Elements over the limit take no memory.
func TestSkippedElementsAreNotAllocated(t *testing.T) {
	const elements = 300_000
	for name, test := range map[string]struct {
		begin, element, end string
		read                func(io.Reader) error
	}{
		"strings":        {`[`, `""`, `]`, listFuncs["strings"]},
		"label sets":     {`[`, `{"a":"b"}`, `]`, listFuncs["label sets"]},
		"families":       {`{"a":[],"b":[],"c":[],`, `"d":[{}]`, `}`, listFuncs["families"]},
		"one family":     {`{"a":[`, `{}`, `]}`, listFuncs["families"]},
		"duplicate keys": {`[],`, `"data":["a","b"]`, ``, listFuncs["strings"]},
		"empty entries":  {`{"a":[`, `null`, `]}`, listFuncs["families"]},
	} {
		t.Run(name, func(t *testing.T) {
			repeated := func() io.Reader {
				return io.MultiReader(strings.NewReader(`{"status":"success","data":`+test.begin),
					&repeat{text: test.element + ",", times: elements}, strings.NewReader(test.element+test.end+"}"))
			}
			if err := test.read(repeated()); err != nil { // allocates scratch memory that is reused
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := test.read(repeated()); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; name != "duplicate keys" && allocated > 1<<20 {
				t.Errorf("%d bytes were allocated for %d elements", allocated, elements)
			}
		})
	}
}

// repeat is a reader that repeats a text.
type repeat struct {
	text  string
	times int
	rest  string
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.rest == "" {
			if r.times == 0 {
				break
			}
			r.times--
			r.rest = r.text
		}
		copied := copy(p[n:], r.rest)
		r.rest = r.rest[copied:]
		n += copied
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// FuzzLists compares decoded lists with the results of encoding/json.
func FuzzLists(f *testing.F) {
	for _, seed := range []string{
		`{"status":"success","data":["a","b"],"warnings":["w"]}`,
		`{"data":[{"a":"b","c":"d"},{}],"isPartial":true,"status":"success"}`,
		`{"status":"success","data":{"up":[{"type":"gauge","help":"h","unit":"s"}],"x":null}}`,
		`{"status":"error","errorType":"x","error":"y"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		names, err := Strings(bytes.NewReader(body), 1000)
		compare(t, body, names.Data, err)
		sets, err := LabelSets(bytes.NewReader(body), 1000)
		pairs := make([]map[string]string, len(sets.Data))
		for i, labels := range sets.Data {
			pairs[i] = labels.Map()
		}
		compare(t, body, pairs, err)
		families, err := Families(bytes.NewReader(body), 1000, 1000)
		compare(t, body, families.Data, err)
		slow, slowErr := Families(iotest.OneByteReader(bytes.NewReader(body)), 1000, 1000)
		if fmt.Sprint(err) != fmt.Sprint(slowErr) || !cmp.Equal(families, slow) {
			t.Fatalf("the result differs if the body is read byte by byte: %v, %v", err, slowErr)
		}
	})
}

// compare compares decoded data with the result of encoding/json. It skips answers that
// encoding/json may treat differently: answers with duplicate keys, keys in another letter
// case, or escapes.
func compare[T any](t *testing.T, body []byte, got T, err error) {
	t.Helper()
	if err != nil || bytes.ContainsRune(body, '\\') {
		return
	}
	for _, key := range []string{"status", "data", "type", "help", "unit"} {
		folded := bytes.Count(bytes.ToLower(body), []byte(`"`+key+`"`))
		if folded > 1 || folded != bytes.Count(body, []byte(`"`+key+`"`)) {
			return
		}
	}
	var want struct{ Data T }
	if json.Unmarshal(body, &want) == nil && !cmp.Equal(want.Data, got, same) {
		t.Fatal(cmp.Diff(want.Data, got, same))
	}
}

// Equal descriptions of many targets share memory.
func TestFamiliesShareEqualStrings(t *testing.T) {
	got, err := Families(strings.NewReader(`{"status":"success","data":{"a":[{"help":"the same"},{"help":"the same"}]}}`), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if a := got.Data["a"]; len(a) != 2 || unsafe.StringData(a[0].Help) != unsafe.StringData(a[1].Help) {
		t.Errorf("got %+v", a)
	}
}
