package frames

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestStreamReportsDroppedHistograms(t *testing.T) {
	var stream Stream
	for range 3 {
		if frame, err := stream.Frame(series.Series{HistogramTimes: []int64{0}, Histograms: []series.Histogram{nativeOf(1)}}); frame != nil || err != nil {
			t.Errorf("got %v, %v", frame, err)
		}
	}
	last, err := stream.Last(&series.Result{})
	if err != nil {
		t.Fatal(err)
	}
	if notices := last.Meta.Notices; len(notices) != 1 || !strings.HasPrefix(notices[0].Text, "3 series contain native histograms") {
		t.Errorf("got %+v", notices)
	}
}
