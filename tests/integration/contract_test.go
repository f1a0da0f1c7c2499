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

// TestAlertQueriesKeepTheDataPlaneContract: what every alert rule's query is
// answered reads as numbers, in the library that Grafana's alert engine reads it
// with, and without guessing.
func TestAlertQueriesKeepTheDataPlaneContract(t *testing.T) {
	longAgo := now.Add(-60 * 24 * time.Hour)
	for _, group := range set.Groups {
		for _, rule := range group.Rules {
			t.Run(rule.Title, func(t *testing.T) {
				contract(t, framesFor(t, rule, now))
			})
			t.Run(rule.Title+" before there were data", func(t *testing.T) {
				frames := framesFor(t, rule, longAgo)
				query := frames[0].Meta.ExecutedQueryString
				if numbers := contract(t, frames); numbers > 0 && !strings.Contains(query, "vector(") {
					t.Errorf("%d numbers of nothing, for %s", numbers, query)
				}
			})
		}
	}
}

// framesFor evaluates a rule and returns the frames that its query is answered.
func framesFor(t *testing.T, rule provision.Rule, at time.Time) data.Frames {
	t.Helper()
	seen := &crosscheck.Recorder{Querier: plugin}
	if result := alerting.Evaluate(t.Context(), seen, rule, at); result.Err != nil {
		t.Fatal(result.Err)
	}
	if len(seen.Queries) != 1 {
		t.Fatalf("%d queries", len(seen.Queries))
	}
	return seen.Answers[seen.Queries[0].RefID].Frames
}

// contract holds frames to the data plane contract's numeric-multi and counts the
// numbers. Without any there is one typed frame without fields: that is what the
// engine calls no data.
func contract(t *testing.T, frames data.Frames) (numbers int) {
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
			t.Errorf("a frame without fields beside others")
		}
		for _, field := range frame.Fields {
			if field.Type().Time() {
				t.Errorf("frame %q has the time field %q", frame.Name, field.Name)
			}
			if print := field.Labels.Fingerprint(); seen[print] {
				t.Errorf("there are two of {%s}", field.Labels)
			} else {
				seen[print] = true
			}
		}
	}
	read, err := numeric.CollectionReaderFromFrames(frames)
	if err != nil {
		t.Fatal(err)
	}
	collection, err := read.GetCollection(false) // true, to validate the data, is not implemented there
	if err != nil || collection.Warning != nil {
		t.Fatalf("%v, %v", err, collection.Warning)
	}
	return len(collection.Refs)
}
