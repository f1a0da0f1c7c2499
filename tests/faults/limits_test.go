package faults

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// mostUnread is how much of an answer a server gets rid of that nobody reads:
// what the sockets' buffers of both ends take in (4 MiB and 6 MiB are Linux's
// usual maxima; receivers may be given more), and the window that was being read.
// A plugin that read on would make the server write gigabytes.
const mostUnread = 40 << 20

// TestLimits: an answer that never ends is refused with the limit's name and
// value, or cut with a notice, and isn't read any further.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, of string
		settings Settings
		says     string // of the error
		limit    string // as the notice says it
		bytes    int64  // that have to be read to know
	}{
		{"bytes of white space", "space", Settings{"responseLimitMiB": 2}, "is larger than the data source's limit of 2 MiB (response limit)", "2 MiB", 2 << 20},
		{"bytes, less than a MiB", "space", Settings{"responseLimitMiB": 0.5}, "is larger than the data source's limit of 0.5 MiB (response limit)", "0.5 MiB", 1 << 19},
		{"bytes of one series' labels", "labels", Settings{"responseLimitMiB": 1}, "limit of 1 MiB (response limit)", "1 MiB", 1 << 20},
		{"labels of one series", "labels", nil, "has more than 200000 labels in one set, which is the limit", "200000 labels in one set", 2 << 20},
		{"bytes of many series", "series", Settings{"responseLimitMiB": 0.25}, "is larger than the data source's limit of 0.25 MiB (response limit)", "0.25 MiB", 1 << 18},
		{"bytes of one label", "text", Settings{"responseLimitMiB": 2}, "limit of 2 MiB (response limit)", "2 MiB", 2 << 20},
		{"a label without end", "text", nil, "has more than 4 MiB in one string, which is the limit", "4 MiB in one string", 4 << 20},
		{"series", "series", Settings{"seriesLimit": 100}, "has more than 100 series, which is the data source's limit (series limit)", "100 series", 100 * 45},
		{"samples of many series", "series", Settings{"sampleLimit": 1000}, "has more than 1000 samples, which is the data source's limit (sample limit)", "1000 samples", 500 * 45},
		{"buckets as samples", "buckets", Settings{"sampleLimit": 1000}, "has more than 1000 samples, each bucket of a native histogram counted as one, which is the data source's limit (sample limit)", "1000 samples", 1000 * 20},
		{"buckets", "buckets", nil, "has more than 2000000 native histograms and buckets of them, which is the limit", "2000000 native histograms", 2_000_000 * 20},
		{"samples of one series", "samples", Settings{"sampleLimit": 1000}, "has more than 1000 samples, which is the data source's limit (sample limit)", "1000 samples", 1000 * 35},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fault := upstream.Fault{"kind": "endless", "of": test.of, "id": "limit of " + test.name}
			begun := time.Now()
			answer := ask(t, source("http", server.Host(), test.settings), panel("A", fault), nil)
			told(t, answer, 413, test.says)
			notReadOn(t, fault["id"], test.bytes, begun)
		})
		t.Run(test.name+", partial", func(t *testing.T) {
			t.Parallel()
			settings := Settings{"partialData": true}
			maps.Copy(settings, test.settings)
			fault := upstream.Fault{"kind": "endless", "of": test.of, "id": "part of " + test.name}
			begun := time.Now()
			answer := ask(t, source("http", server.Host(), settings), panel("A", fault), nil)
			told(t, answer, 200, "")
			if notice := noticeOf(answer); !strings.HasPrefix(notice, "Partial data: the answer has more than "+test.limit) {
				t.Errorf("notice %q", notice)
			}
			if got := len(answer.Frames) > 1; got != (test.of == "series") {
				t.Errorf("%d frames", len(answer.Frames))
			}
			notReadOn(t, fault["id"], test.bytes, begun)
		})
	}
}

// TestAnAlertNeverDecidesOnAPart: what a panel shows in part is an error to a
// rule.
func TestAnAlertNeverDecidesOnAPart(t *testing.T) {
	t.Parallel()
	fault := upstream.Fault{"kind": "good", "series": "20", "id": "part for an alert"}
	from := source("http", server.Host(), Settings{"partialData": true, "seriesLimit": 10})
	told(t, ask(t, from, panel("A", fault), nil), 200, "")
	told(t, ask(t, from, alert(fault), fromAlert), 413, "has more than 10 series, which is the data source's limit (series limit)")
}

// notReadOn waits until the server is rid of its reader and holds what it could
// write against what had to be read.
func notReadOn(t *testing.T, id string, needed int64, begun time.Time) {
	t.Helper()
	until(t, "the end of "+id, func() bool { return server.Ended(id) })
	written := server.Written(id)
	t.Logf("%.1f MiB written for %.1f MiB, in %v", float64(written)/(1<<20), float64(needed)/(1<<20), time.Since(begun).Round(time.Millisecond))
	if written > needed+mostUnread {
		t.Errorf("the server could write %d bytes, of which %d had to be read", written, needed)
	}
}

func noticeOf(answer backend.DataResponse) string {
	if len(answer.Frames) == 0 || answer.Frames[0].Meta == nil || len(answer.Frames[0].Meta.Notices) == 0 {
		return ""
	}
	return answer.Frames[0].Meta.Notices[0].Text
}

// TestLargeAnswers: what is large and within the limits is answered.
func TestLargeAnswers(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer upstream.Fault
		frames int
		rows   int
	}{
		{"10,000 series of 240 samples", upstream.Fault{"series": "10000", "points": "240"}, 10_000, 240},
		{"a series with 100,000 labels", upstream.Fault{"labels": "100000"}, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			fault := test.answer.With(upstream.Fault{"kind": "good", "id": test.name})
			begun := time.Now()
			answer := ask(t, source("http", server.Host(), nil), panel("A", fault), nil)
			t.Logf("answered in %v; the plugin's memory (RSS): %d MiB", time.Since(begun).Round(time.Millisecond), residentMiB(t))
			told(t, answer, 200, "")
			if len(answer.Frames) != test.frames || answer.Frames[0].Rows() != test.rows {
				t.Errorf("%d frames", len(answer.Frames))
			}
		})
	}
}
