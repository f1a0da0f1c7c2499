package arrowjs

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/arrowfile"
)

// TestRandomFrames compares frames with random names, labels, configuration, metadata and
// values.
func TestRandomFrames(t *testing.T) {
	r := start(t)
	random := rand.New(rand.NewPCG(20, 1))
	var w arrowfile.Writer
	for i := range 2000 {
		described, isSupported, err := arrowfile.FrameOf(randomFrame(random))
		if err != nil || !isSupported {
			t.Fatal(isSupported, err)
		}
		pieces, _ := w.Append(nil, described)
		diff, err := r.Difference(bytes.Join(pieces, nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff != "" {
			t.Fatalf("frame %d (-SDK +JavaScript):\n%s", i, diff)
		}
	}
}

// TestDifference checks that Difference returns an error for an incomplete file, and that describe
// contains every part of a frame.
func TestDifference(t *testing.T) {
	r := start(t)
	frame := data.NewFrame("name", data.NewField("Value", nil, []float64{1, 2, 3}))
	described, _, err := arrowfile.FrameOf(frame)
	if err != nil {
		t.Fatal(err)
	}
	var w arrowfile.Writer
	pieces, _ := w.Append(nil, described)
	file := bytes.Join(pieces, nil)
	if _, err := r.Difference(file[:len(file)-8]); err == nil {
		t.Error("no error for an incomplete file")
	}

	want, err := describe(frame)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*data.Frame){
		"name":   func(f *data.Frame) { f.Name = "x" },
		"refId":  func(f *data.Frame) { f.RefID = "x" },
		"meta":   func(f *data.Frame) { f.Meta = &data.FrameMeta{ExecutedQueryString: "x"} },
		"field":  func(f *data.Frame) { f.Fields[0].Name = "x" },
		"labels": func(f *data.Frame) { f.Fields[0].Labels = data.Labels{"a": "b"} },
		"config": func(f *data.Frame) { f.Fields[0].Config = &data.FieldConfig{Unit: "s"} },
		"type":   func(f *data.Frame) { f.Fields[0] = data.NewField("Value", nil, []*float64{nil, nil, nil}) },
		"value":  func(f *data.Frame) { f.Fields[0].Set(2, math.Copysign(0, -1)) },
	} {
		changed := data.NewFrame("name", data.NewField("Value", nil, []float64{1, 2, 3}))
		change(changed)
		got, err := describe(changed)
		if err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(want, got) {
			t.Errorf("%s: the changed frame has the same description", name)
		}
	}
}

func start(t *testing.T) *Reader {
	t.Helper()
	const root = "../../.."
	if missing := Missing(root); missing != "" {
		t.Skip(missing)
	}
	return Start(t, root)
}

func randomFrame(random *rand.Rand) *data.Frame {
	rows := random.IntN(5)
	if random.IntN(20) == 0 {
		rows = random.IntN(2000)
	}
	f := data.NewFrame(text(random))
	f.RefID = text(random)
	if random.IntN(2) == 0 {
		f.Meta = &data.FrameMeta{
			ExecutedQueryString: text(random), Custom: map[string]string{text(random): text(random)},
			Notices: []data.Notice{{Text: text(random)}},
		}
	}
	for range random.IntN(5) {
		f.Fields = append(f.Fields, randomField(random, rows))
	}
	return f
}

func randomField(random *rand.Rand, rows int) *data.Field {
	values := []any{make([]time.Time, rows), make([]float64, rows), make([]*float64, rows), make([]string, rows)}[random.IntN(4)]
	field := data.NewField(text(random), nil, values)
	for i := range rows {
		switch values := values.(type) {
		case []time.Time:
			values[i] = time.UnixMilli(random.Int64N(1 << 42))
		case []float64:
			values[i] = number(random)
		case []*float64:
			if v := number(random); random.IntN(3) > 0 {
				values[i] = &v
			}
		case []string:
			values[i] = text(random)
		}
	}
	if random.IntN(2) == 0 {
		field.Labels = data.Labels{}
		for range random.IntN(4) {
			field.Labels[text(random)] = text(random)
		}
	}
	if random.IntN(2) == 0 {
		field.Config = &data.FieldConfig{DisplayNameFromDS: text(random), Unit: text(random)}
	}
	return field
}

func number(random *rand.Rand) float64 {
	special := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}
	if i := random.IntN(2 * len(special)); i < len(special) {
		return special[i]
	}
	return math.Float64frombits(random.Uint64())
}

// text returns a random text. About a third are empty.
func text(random *rand.Rand) string {
	alphabet := []rune("abcXYZ019 _-.:/\"\\'<>&{}\n\t\x00é東\u2028😀")
	runes := make([]rune, max(0, random.IntN(12)-4))
	for i := range runes {
		runes[i] = alphabet[random.IntN(len(alphabet))]
	}
	return string(runes)
}
