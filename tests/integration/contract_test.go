package integration

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/dataplane/sdata/numeric"
	"github.com/grafana/dataplane/sdata/reader"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/crosscheck"
)

// Grafana's alert engine reads frames with the library github.com/grafana/dataplane/sdata.
// The frames of every alert rule must have a type in their metadata, so that the library
// reads them as numbers without guessing.
func TestAlertQueriesFollowDataPlaneContract(t *testing.T) {
	longAgo := now.Add(-60 * 24 * time.Hour)
	for _, group := range set.Groups {
		for _, rule := range group.Rules {
			t.Run(rule.Title, func(t *testing.T) {
				checkContract(t, framesFor(t, rule, now))
			})
			t.Run(rule.Title+" without data", func(t *testing.T) {
				frames := framesFor(t, rule, longAgo)
				query := frames[0].Meta.ExecutedQueryString
				if numbers := checkContract(t, frames); numbers > 0 && !strings.Contains(query, "vector(") {
					t.Errorf("%d numbers without data for %s", numbers, query)
				}
			})
		}
	}
}

// framesFor evaluates a rule and returns the frames of its query.
func framesFor(t *testing.T, rule provision.Rule, at time.Time) data.Frames {
	t.Helper()
	recorder := &crosscheck.Recorder{Querier: plugin}
	if result := alerting.Evaluate(t.Context(), recorder, rule, at); result.Err != nil {
		t.Fatal(result.Err)
	}
	if len(recorder.Queries) != 1 {
		t.Fatalf("%d queries", len(recorder.Queries))
	}
	return recorder.Responses[recorder.Queries[0].RefID].Frames
}

// checkContract checks that frames have the data plane contract's type numeric-multi
// and returns the number of values. Without values, there must be one typed frame
// without fields, which the engine treats as no data.
func checkContract(t *testing.T, frames data.Frames) (numbers int) {
	t.Helper()
	if kind, err := reader.CanReadBasedOnMeta(frames); err != nil || kind != data.FrameTypeNumericMulti {
		t.Fatalf("frames are of type %q: %v", kind, err)
	}
	seen := map[data.Fingerprint]bool{}
	for _, frame := range frames {
		if frame.Meta == nil || frame.Meta.Type != data.FrameTypeNumericMulti || frame.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
			t.Fatalf("frame %q has the meta %+v", frame.Name, frame.Meta)
		}
		if len(frame.Fields) == 0 && len(frames) > 1 {
			t.Errorf("one of several frames has no fields")
		}
		for _, field := range frame.Fields {
			if field.Type().Time() {
				t.Errorf("frame %q has the time field %q", frame.Name, field.Name)
			}
			if print := field.Labels.Fingerprint(); seen[print] {
				t.Errorf("two values have the labels {%s}", field.Labels)
			} else {
				seen[print] = true
			}
		}
	}
	read, err := numeric.CollectionReaderFromFrames(frames)
	if err != nil {
		t.Fatal(err)
	}
	collection, err := read.GetCollection(false) // validation (true) is not implemented
	if err != nil || collection.Warning != nil {
		t.Fatalf("%v, %v", err, collection.Warning)
	}
	return len(collection.Refs)
}
