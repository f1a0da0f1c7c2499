package faults

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// maxUnread is the maximum number of bytes that a server can write although the plugin
// doesn't read them. They are in the socket buffers of both ends (Linux's usual maxima
// are 4 MiB and 6 MiB, but receive buffers can be larger) and in the plugin's read
// buffer. If the plugin continued to read, the server would write gigabytes.
const maxUnread = 40 << 20

// TestLimits checks that the plugin stops reading an endless response. The plugin must
// return an error with the name and the value of the limit, or a truncated result with a
// notice.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, of string
		settings Settings
		want     string // part of the error
		limit    string // as in the notice
		bytes    int64  // of the response until the limit is exceeded
	}{
		{"bytes of white space", "space", Settings{"responseLimitMiB": 2}, "is larger than the data source's limit of 2 MiB (response limit)", "2 MiB", 2 << 20},
		{"bytes, with a limit of less than a MiB", "space", Settings{"responseLimitMiB": 0.5}, "is larger than the data source's limit of 0.5 MiB (response limit)", "0.5 MiB", 1 << 19},
		{"bytes of one series' labels", "labels", Settings{"responseLimitMiB": 1}, "limit of 1 MiB (response limit)", "1 MiB", 1 << 20},
		{"labels of one series", "labels", nil, "has more than 200000 labels in one set, which is the limit", "200000 labels in one set", 2 << 20},
		{"bytes of many series", "series", Settings{"responseLimitMiB": 0.25}, "is larger than the data source's limit of 0.25 MiB (response limit)", "0.25 MiB", 1 << 18},
		{"bytes of one label", "text", Settings{"responseLimitMiB": 2}, "limit of 2 MiB (response limit)", "2 MiB", 2 << 20},
		{"a label without end", "text", nil, "has more than 4 MiB in one string, which is the limit", "4 MiB in one string", 4 << 20},
		{"series", "series", Settings{"seriesLimit": 100}, "has more than 100 series, which is the data source's limit (series limit)", "100 series", 100 * 45},
		{"samples of many series", "series", Settings{"sampleLimit": 1000}, "has more than 1000 samples, which is the data source's limit (sample limit)", "1000 samples", 500 * 45},
		{"buckets as samples", "buckets", Settings{"sampleLimit": 1000}, "has more than 1000 samples, each bucket of a native histogram counted as one, which is the data source's limit (sample limit)", "1000 samples", 1000 * 20},
		{"buckets", "buckets", nil, "has more than 2000000 native histograms and buckets, which is the limit", "2000000 native histograms", 2_000_000 * 20},
		{"samples of one series", "samples", Settings{"sampleLimit": 1000}, "has more than 1000 samples, which is the data source's limit (sample limit)", "1000 samples", 1000 * 35},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fault := upstream.Fault{"kind": "endless", "of": test.of, "id": "limit of " + test.name}
			begun := time.Now()
			response := runQuery(t, source("http", server.Host(), test.settings), panel("A", fault), nil)
			checkResponse(t, response, 413, test.want)
			checkBytesRead(t, fault["id"], test.bytes, begun)
		})
		t.Run(test.name+", partial", func(t *testing.T) {
			t.Parallel()
			settings := Settings{"partialData": true}
			maps.Copy(settings, test.settings)
			fault := upstream.Fault{"kind": "endless", "of": test.of, "id": "part of " + test.name}
			begun := time.Now()
			response := runQuery(t, source("http", server.Host(), settings), panel("A", fault), nil)
			checkResponse(t, response, 200, "")
			if notice := noticeOf(response); !strings.HasPrefix(notice, "Partial data: the response has more than "+test.limit) {
				t.Errorf("notice %q", notice)
			}
			if got := len(response.Frames) > 1; got != (test.of == "series") {
				t.Errorf("%d frames", len(response.Frames))
			}
			checkBytesRead(t, fault["id"], test.bytes, begun)
		})
	}
}

// A truncated result, which a panel shows with a notice, is an error for an alert rule.
func TestAlertRejectsTruncatedResult(t *testing.T) {
	t.Parallel()
	fault := upstream.Fault{"kind": "good", "series": "20", "id": "part for an alert"}
	from := source("http", server.Host(), Settings{"partialData": true, "seriesLimit": 10})
	checkResponse(t, runQuery(t, from, panel("A", fault), nil), 200, "")
	checkResponse(t, runQuery(t, from, alert(fault), fromAlert), 413, "has more than 10 series, which is the data source's limit (series limit)")
}

// checkBytesRead waits until the requests with the given id have ended. It compares the number
// of bytes that the server could write with the number of bytes that the plugin had to
// read.
func checkBytesRead(t *testing.T, id string, needed int64, begun time.Time) {
	t.Helper()
	waitUntil(t, "the end of "+id, func() bool { return server.Ended(id) })
	written := server.Written(id)
	t.Logf("the server wrote %.1f MiB, of which %.1f MiB had to be read, in %v", float64(written)/(1<<20), float64(needed)/(1<<20), time.Since(begun).Round(time.Millisecond))
	if written > needed+maxUnread {
		t.Errorf("the server could write %d bytes, of which %d had to be read", written, needed)
	}
}

func noticeOf(response backend.DataResponse) string {
	if len(response.Frames) == 0 || response.Frames[0].Meta == nil || len(response.Frames[0].Meta.Notices) == 0 {
		return ""
	}
	return response.Frames[0].Meta.Notices[0].Text
}

func TestLargeResponsesWithinLimits(t *testing.T) {
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
			response := runQuery(t, source("http", server.Host(), nil), panel("A", fault), nil)
			t.Logf("response after %v; the plugin's memory (RSS): %d MiB", time.Since(begun).Round(time.Millisecond), residentMiB(t))
			checkResponse(t, response, 200, "")
			if len(response.Frames) != test.frames || response.Frames[0].Rows() != test.rows {
				t.Errorf("%d frames", len(response.Frames))
			}
		})
	}
}
