package promjson

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Limits bound the series and samples of an answer, in addition to the constants of
// bounds.go; 0 is no limit. Decoding ends at a limit.
type Limits struct {
	Series  int
	Samples int // counted as in series.Series.Size
	Used    int // samples of earlier answers that count towards Samples
}

// Truncate removes the series over the limits on series and labels from a result that
// joins several answers. It returns the exceeded limit, or nil if it removes no series.
func (l Limits) Truncate(r *series.Result) *LimitError {
	labels, bytes := 0, 0
	for i, s := range r.Series {
		labels += len(s.Labels)
		for _, label := range s.Labels {
			bytes += len(label.Name) + len(label.Value)
		}
		var exceeded *LimitError
		switch {
		case l.Series > 0 && i == l.Series:
			exceeded = &LimitError{SeriesLimit, l.Series}
		case labels > maxLabels:
			exceeded = &LimitError{LabelLimit, maxLabels}
		case bytes > maxLabelMiB*mib:
			exceeded = &LimitError{LabelTextLimit, maxLabelMiB}
		}
		if exceeded != nil {
			r.Series = r.Series[:i]
			return exceeded
		}
	}
	return nil
}

// LimitError reports that an answer exceeds a limit. Decode, Stream and Exemplars return it
// along with what was decoded before.
type LimitError struct {
	Limit string // one of the constants below, or another limit of the reader
	Max   int
}

// The limits of an answer, as error messages name them.
const (
	SeriesLimit    = "series"
	SampleLimit    = "samples"
	BucketLimit    = "native histograms and buckets"
	LabelLimit     = "labels"
	LabelSetLimit  = "labels in one set"
	LabelTextLimit = "MiB of labels"
	SetTextLimit   = "MiB of labels in one set"
	TextLimit      = "MiB in one string"
	exemplarLimit  = "exemplars"

	// SampleAndBucketLimit is SampleLimit for an answer with native histograms.
	SampleAndBucketLimit = "samples, each bucket of a native histogram counted as one"
)

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Max, e.Limit) }
