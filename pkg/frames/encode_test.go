package frames

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/arrowfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// files is an Encoder that collects the files of an answer.
type files struct {
	writer arrowfile.Writer
	all    [][]byte
	err    error
}

func (f *files) Err() error { return f.err }

func (f *files) Frame(frame *data.Frame) error {
	described, isSupported, err := arrowfile.FrameOf(frame)
	if err == nil && isSupported {
		return f.Described(described)
	}
	file, err := frame.MarshalArrow()
	f.all = append(f.all, file)
	return err
}

func (f *files) Described(frame *arrowfile.Frame) error {
	pieces, _ := f.writer.Append(nil, frame)
	f.all = append(f.all, bytes.Join(pieces, nil))
	return nil
}

// checkEncoding checks that the frames of an answer, encoded from the series, are those that
// the SDK encodes from data frames.
func checkEncoding(t *testing.T, a Answer) {
	t.Helper()
	var encoded files
	if err := a.Encode("A", &encoded); err != nil {
		t.Fatal(err)
	}
	all := a.All()
	for _, frame := range all {
		frame.RefID = "A"
	}
	want := decoded(t, all)
	got, err := data.UnmarshalArrowFrames(encoded.all)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, data.FrameTestCompareOptions()...); diff != "" {
		t.Errorf("the frames differ from the SDK's (-SDK +encoded):\n%s", diff)
	}
}

// decoded returns the frames that Grafana receives if the SDK encodes them.
func decoded(t *testing.T, all data.Frames) data.Frames {
	t.Helper()
	sdk, err := all.MarshalArrow()
	if err != nil {
		t.Fatal(err)
	}
	want, err := data.UnmarshalArrowFrames(sdk)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// conversions are the conversions whose answers may be encoded from the series.
var conversions = map[string]func(*series.Result, Options) (Answer, error){
	"time_series": TimeSeries, "time_series_wide": TimeSeriesWide, "numeric": Numeric,
	"table": func(r *series.Result, o Options) (Answer, error) {
		f, err := Table(r, o)
		return Answer{Frames: f}, err
	},
	"heatmap": func(r *series.Result, o Options) (Answer, error) {
		f, err := Heatmap(r, o)
		return Answer{Frames: f}, err
	},
}

func TestEncodedAnswersEqualDataFrames(t *testing.T) {
	shared := []int64{0, 15000, 30000}
	results := map[string]*series.Result{
		"empty": {Kind: series.Matrix},
		"shared timestamps": {Kind: series.Matrix, Notes: series.Notes{Warnings: []string{"<careful>"}, Infos: []string{"by the way"}}, Stats: &series.Stats{Samples: 3}, Series: []series.Series{
			{Labels: labels("__name__", "up", "job", "a"), Times: shared, Values: []float64{1, math.NaN(), math.Inf(-1)}},
			{Labels: labels("__name__", "up", "job", "ü\"<&>\\"), Times: shared, Values: []float64{0, 1, 0}},
			{Times: shared, Values: []float64{0, 1, 0}},
		}},
		"different timestamps": {Kind: series.Matrix, Series: []series.Series{
			{Labels: labels("job", "a"), Times: []int64{0, 30000}, Values: []float64{1, 2}},
			{Labels: labels("job", "b", "le", "1"), Times: []int64{15000}, Values: []float64{3}},
			{Labels: labels("job", "c"), Times: []int64{}, Values: []float64{}},
			{Labels: labels("job", "d"), Times: []int64{-1, 15000, 30000, 45000}, Values: []float64{3, 4, 5, 6}},
		}},
		"vector": {Kind: series.Vector, Series: []series.Series{
			{Labels: labels("model", "churn"), Times: []int64{30000}, Values: []float64{0.25}},
			{Labels: labels("model", "price"), Times: []int64{30000}, Values: []float64{1}},
		}},
		"histograms": {Kind: series.Matrix, Series: []series.Series{
			{Labels: labels("job", "a"), HistogramTimes: []int64{0}, Histograms: []series.Histogram{{Count: 3, Sum: 2, Buckets: []series.Bucket{{Lower: 0.5, Upper: 1, Count: 3}}}}},
			{Labels: labels("job", "b"), Times: []int64{0}, Values: []float64{1}},
		}},
	}
	ids := series.Names{{Label: "job", Value: "name", ByID: map[string]string{"a": "<first>"}}}
	o := Options{Expr: "rate(x[5m]) > 1", Step: 15 * time.Second, Names: ids, Infos: true, Values: Values{Unit: "s", Decimals: new(uint16(2)), Description: "a \"<description>\""}}
	for format, convert := range conversions {
		for name, r := range results {
			for _, legend := range []string{"", auto, "{{job}}"} {
				if format == "numeric" && r.Kind == series.Matrix {
					continue
				}
				t.Run(fmt.Sprintf("%s of %s with legend %q", format, name, legend), func(t *testing.T) {
					o.Legend = legend
					a, err := convert(r, o)
					if err != nil {
						t.Fatal(err)
					}
					Warn(a.Frames, "added later")
					a.Append(data.NewFrame("exemplar", data.NewField("Time", nil, []time.Time{time.Unix(0, 0).UTC()}), data.NewField("n", nil, []int64{1})))
					checkEncoding(t, a)
				})
			}
		}
	}
}

// TestWideEncodingEnds checks that the encoding of a wide frame ends when the response is no
// longer needed.
func TestWideEncodingEnds(t *testing.T) {
	a, err := TimeSeriesWide(&series.Result{Series: []series.Series{{Times: []int64{0}, Values: []float64{1}}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	canceled := errors.New("canceled")
	if err := a.Encode("A", &files{err: canceled}); !errors.Is(err, canceled) {
		t.Errorf("got the error %v", err)
	}
}

func FuzzEncodedAnswers(f *testing.F) {
	f.Add("job", "a", "b", "name", "x > 1", int64(15000), 1.5, uint8(3))
	f.Add("", "\xff", "\u2028<&>\"\\\x00", "{{job}}", "", int64(-1), math.NaN(), uint8(0))
	f.Fuzz(func(t *testing.T, name, first, second, legend, expr string, at int64, value float64, rows uint8) {
		const limit = 1 << 40 // milliseconds that time.Time's nanoseconds can represent
		if at < -limit || at > limit {
			return
		}
		all := make([]series.Series, 3)
		for i, text := range []string{first, second, first + second} {
			all[i].Labels = labels(name, text)
			for row := range int(rows) * i {
				all[i].Times = append(all[i].Times, at+int64(row))
				all[i].Values = append(all[i].Values, value*float64(row))
			}
		}
		for _, convert := range []func(*series.Result, Options) (Answer, error){TimeSeries, TimeSeriesWide} {
			a, err := convert(&series.Result{Kind: series.Matrix, Series: all}, Options{Expr: expr, Legend: legend, Step: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			checkEncoding(t, a)
		}
	})
}
