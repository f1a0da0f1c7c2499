package arrowfile

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// frameCases are frames of each type of column, with each combination of metadata.
func frameCases() map[string]*data.Frame {
	one, nan := 1.5, math.NaN()
	at := time.Unix(1_700_000_000, 123_456_789).UTC()
	typed := data.NewFrame("ünï \"name\" <&>",
		data.NewField("Time", nil, []time.Time{at, at.Add(time.Second), time.UnixMilli(-1).UTC()}),
		data.NewField("Value", data.Labels{"a": "<&>\"\\\n\u2028ü", "": "", "z\x00": "\x7f"}, []float64{1, math.Inf(1), math.Copysign(0, -1)}),
		data.NewField("nulls", data.Labels{}, []*float64{nil, &one, nil}),
		data.NewField("no nulls", nil, []*float64{&one, &one, &nan}),
		data.NewField("", nil, []string{"", "äöü", "x"}),
	)
	typed.RefID = "A"
	typed.Meta = &data.FrameMeta{
		Type: data.FrameTypeTimeSeriesMulti, TypeVersion: data.FrameTypeVersion{0, 1}, ExecutedQueryString: "x < 1 & y",
		Notices: []data.Notice{{Severity: data.NoticeSeverityWarning, Text: "Careful"}}, Custom: map[string]any{"infos": []any{"i"}},
	}
	typed.Fields[0].Config = &data.FieldConfig{Interval: 15_000}
	limit := data.ConfFloat64(5)
	typed.Fields[1].Config = &data.FieldConfig{
		DisplayNameFromDS: "name", Unit: "s", Decimals: new(uint16(2)), Filterable: new(true), Min: &limit, Description: "d",
		Links: []data.DataLink{{Title: "t", URL: "u"}}, Color: map[string]any{"mode": "x"},
		Mappings: data.ValueMappings{data.ValueMapper{"1": {Text: "one"}}}, Custom: map[string]any{"k": "v"},
	}
	return map[string]*data.Frame{
		"all types":       typed,
		"no fields":       data.NewFrame(""),
		"no rows":         data.NewFrame("n", data.NewField("Time", nil, []time.Time{}), data.NewField("Value", nil, []float64{}), data.NewField("text", nil, []string{})),
		"one row":         data.NewFrame("n", data.NewField("Value", data.Labels{"a": "b"}, []float64{1})),
		"nine rows":       data.NewFrame("n", data.NewField("Value", nil, []*float64{8: &one})),
		"empty texts":     data.NewFrame("n", data.NewField("text", nil, make([]string, 3))),
		"unusual type":    data.NewFrame("n", data.NewField("i", nil, []int64{1, 2})),
		"json":            data.NewFrame("n", data.NewField("labels", nil, []json.RawMessage{json.RawMessage(`{"a":1}`)})),
		"nullable string": data.NewFrame("n", data.NewField("s", nil, []*string{nil, new("x")})),
	}
}

// fileOf returns the file of a frame. isSupported is false if the SDK wrote the file.
func fileOf(t *testing.T, w *Writer, f *data.Frame) (file []byte, isSupported bool) {
	t.Helper()
	described, isSupported, err := FrameOf(f)
	if err != nil {
		t.Fatal(err)
	}
	if !isSupported {
		return nil, false
	}
	pieces, size := w.Append(nil, described)
	file = bytes.Join(pieces, nil)
	if len(file) != size {
		t.Errorf("the file has %d bytes, but Append returned %d", len(file), size)
	}
	return file, true
}

// checkEqual checks that a file decodes to the same frame as the file of the SDK.
func checkEqual(t *testing.T, f *data.Frame, file []byte) {
	t.Helper()
	reference, err := f.MarshalArrow()
	if err != nil {
		t.Fatal(err)
	}
	want, err := data.UnmarshalArrowFrame(reference)
	if err != nil {
		t.Fatal(err)
	}
	got, err := data.UnmarshalArrowFrame(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, data.FrameTestCompareOptions()...); diff != "" {
		t.Errorf("the frame differs from the SDK's (-SDK +file):\n%s", diff)
	}
	if len(file) > len(reference) {
		t.Errorf("the file has %d bytes, the SDK's has %d", len(file), len(reference))
	}
}

func TestFilesDecodeLikeThoseOfTheSDK(t *testing.T) {
	var w Writer
	supported := 0
	for name, f := range frameCases() {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second file reuses the beginning of the first
				if file, isSupported := fileOf(t, &w, f); isSupported {
					supported++
					checkEqual(t, f, file)
				}
			}
		})
	}
	if supported != 2*6 {
		t.Errorf("%d files were written", supported)
	}
}

// TestFramesShareNoState writes frames of alternating shapes with one Writer, and decodes them
// after all have been written.
func TestFramesShareNoState(t *testing.T) {
	var w Writer
	type written struct {
		frame *data.Frame
		file  [][]byte
	}
	var all []written
	for i := range 500 {
		f := data.NewFrame(strings.Repeat("n", i), data.NewField("Value", data.Labels{"i": strings.Repeat("x", i)}, make([]float64, 1+i%3)))
		described, _, err := FrameOf(f)
		if err != nil {
			t.Fatal(err)
		}
		pieces, _ := w.Append(nil, described)
		all = append(all, written{f, pieces})
	}
	for _, a := range all {
		checkEqual(t, a.frame, bytes.Join(a.file, nil))
	}
}

// TestCellsAreNotCopied checks that a column of numbers and its file share memory.
func TestCellsAreNotCopied(t *testing.T) {
	f := data.NewFrame("", data.NewField("Value", nil, []float64{1, 2}))
	described, _, err := FrameOf(f)
	if err != nil {
		t.Fatal(err)
	}
	var w Writer
	pieces, _ := w.Append(nil, described)
	f.Set(0, 1, 7.0)
	got, err := data.UnmarshalArrowFrame(bytes.Join(pieces, nil))
	if err != nil || got.At(0, 1) != 7.0 {
		t.Errorf("%v, %v", got, err)
	}
}

// FuzzFiles compares files with random names, labels and configuration with those of the SDK.
func FuzzFiles(f *testing.F) {
	f.Add("name", "refId", "label", "value <&>", "display \"name\"", "unit", uint16(3), 1.5)
	f.Add("", "", "", "", "", "", uint16(0), 0.0)
	f.Add("Time", "Value", "tstype", "\xff\x00", "\u2028", "time", uint16(1000), math.NaN())
	f.Fuzz(func(t *testing.T, name, refID, label, value, display, unit string, rows uint16, cell float64) {
		n := int(rows % 2000)
		values, nullable, texts := make([]float64, n), make([]*float64, n), make([]string, n)
		for i := range n {
			if values[i] = cell * float64(i); i%3 == 0 {
				nullable[i] = &values[i]
			}
			texts[i] = value[:i%(len(value)+1)]
		}
		frame := data.NewFrame(name, data.NewField(label, data.Labels{label: value, value: label}, values),
			data.NewField(value, nil, nullable), data.NewField(display, data.Labels{}, texts))
		frame.RefID = refID
		frame.Meta = &data.FrameMeta{ExecutedQueryString: value}
		frame.Fields[0].Config = &data.FieldConfig{DisplayNameFromDS: display, Unit: unit}
		var w Writer
		file, _ := fileOf(t, &w, frame)
		checkEqual(t, frame, file)
	})
}

func FuzzAppendString(f *testing.F) {
	for _, text := range []string{"", "a", `"\`, "\x00\x1f", "<&>", "ü", "\xff", "\u2028", "\x7f"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want string
		if err := json.Unmarshal(appendString(nil, text), &got); err != nil {
			t.Fatal(err)
		}
		reference, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(reference, &want); err != nil || got != want {
			t.Errorf("%q became %q, want %q (%v)", text, got, want, err)
		}
	})
}
