package promapi

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// lists are the methods that request a list with a limit. They return the length of the
// list.
var lists = map[string]func(c *Client, ctx context.Context, limit int) (length int, notes series.Notes, err error){
	"labels": func(c *Client, ctx context.Context, limit int) (int, series.Notes, error) {
		a, err := c.LabelNames(ctx, Selection{Limit: limit})
		return len(a.Data), a.Notes, err
	},
	"values": func(c *Client, ctx context.Context, limit int) (int, series.Notes, error) {
		a, err := c.LabelValues(ctx, "job", Selection{Limit: limit})
		return len(a.Data), a.Notes, err
	},
	"series": func(c *Client, ctx context.Context, limit int) (int, series.Notes, error) {
		a, err := c.Series(ctx, Selection{Match: []string{"up"}, Limit: limit})
		return len(a.Data), a.Notes, err
	},
	"metadata": func(c *Client, ctx context.Context, limit int) (int, series.Notes, error) {
		a, err := c.Metadata(ctx, MetadataSelection{Limit: limit})
		return len(a.Data), a.Notes, err
	},
}

// element returns the JSON of an element of the list that an endpoint returns.
func element(path string, i int) string {
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "series":
		return fmt.Sprintf(`{"job":"%d"}`, i)
	case "metadata":
		return fmt.Sprintf(`"m%d":[{"type":"gauge"}]`, i)
	default:
		return fmt.Sprintf(`"v%d"`, i)
	}
}

// writeList writes a list of the given length, regardless of the requested limit. end
// contains further members of the answer.
func writeList(w io.Writer, path string, length int, end string) {
	b := bufio.NewWriter(w)
	open, shut := "[", "]"
	if strings.HasSuffix(path, "/metadata") {
		open, shut = "{", "}"
	}
	_, _ = b.WriteString(`{"status":"success","data":` + open)
	for i := range length {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		_, _ = b.WriteString(element(path, i))
	}
	_, _ = b.WriteString(shut + end + "}")
	_ = b.Flush()
}

// A list of exactly limit elements is complete, and a longer one is truncated with a
// warning. The client requests one element more than the limit to distinguish these lists.
func TestListIsTruncatedAtLimit(t *testing.T) {
	for name, list := range lists {
		for _, test := range []struct{ limit, requested, length, want int }{
			{0, MaxListed + 1, MaxListed, MaxListed},
			{0, MaxListed + 1, MaxListed + 1, MaxListed},
			{0, MaxListed + 1, 3 * MaxListed, MaxListed},
			{MaxListed + 1, MaxListed + 1, MaxListed + 1, MaxListed},
			{-1, MaxListed + 1, MaxListed + 1, MaxListed},
			{2, 3, 2, 2},
			{2, 3, 3, 2},
		} {
			requested := ""
			c, _ := client(t, Options{MaxBytes: 1 << 30}, func(w http.ResponseWriter, r *http.Request) {
				requested = r.FormValue("limit")
				writeList(w, r.URL.Path, test.length, `,"warnings":["a store is down"],"infos":["i"]`)
			})
			length, notes, err := list(c, t.Context(), test.limit)
			wantNotes := "[a store is down] [i]"
			if test.want < test.length {
				wantNotes = "[a store is down results truncated due to limit] [i]"
			}
			if got := fmt.Sprint(notes.Warnings, notes.Infos); err != nil || length != test.want || got != wantNotes || requested != strconv.Itoa(test.requested) {
				t.Errorf("%s, limit %d: %d of %d with %s, requested %s, %v", name, test.limit, length, test.length, got, requested, err)
			}
		}
	}
}

func TestTruncatedWarningIsNotDuplicated(t *testing.T) {
	for name, list := range lists {
		c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			writeList(w, r.URL.Path, 3, `,"warnings":["results truncated due to limit"]`)
		})
		if length, notes, err := list(c, t.Context(), 2); err != nil || length != 2 || len(notes.Warnings) != 1 {
			t.Errorf("%s: %d, %q, %v", name, length, notes.Warnings, err)
		}
	}
}

// A server that ignores the limit may return millions of elements.
func TestElementsOverLimitAreNotAllocated(t *testing.T) {
	for _, name := range []string{"labels", "values", "series"} {
		c, _ := client(t, Options{MaxBytes: 1 << 30}, func(w http.ResponseWriter, r *http.Request) {
			text := element(r.URL.Path, 0)
			_, _ = io.WriteString(w, `{"status":"success","data":[`+text)
			many := strings.Repeat(","+text, 10_000)
			for range 100 {
				_, _ = io.WriteString(w, many)
			}
			_, _ = io.WriteString(w, "]}")
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, _, err := lists[name](c, t.Context(), 100); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 10 {
			t.Errorf("%s: %d MiB for a million elements of which 100 are kept", name, got)
		}
	}
}

// A response with a list is an error if it has more than maxListBytes, or more than the response
// limit if that is smaller. It is no error if the status and an element beyond Selection.Limit
// come before this size is reached, because the rest of the list isn't needed.
func TestListOverMaxBytesIsError(t *testing.T) {
	const listLimitText = "is larger than 64 MiB, which is the limit for lists and for raw data. Request less data, such as with a selector or a shorter range."
	long := strings.Repeat("x", 1<<20-3) // one MiB with its quotes and comma
	for _, test := range []struct {
		name     string
		maxBytes int64
		mebi     int
		want     string
	}{
		{"within the limit", 1 << 30, 63, ""},
		{"over the limit", 1 << 30, 65, listLimitText},
		{"over a smaller response limit", 8 << 20, 9, "is larger than the data source's limit of 8 MiB (response limit). Ask for"},
		{"within a smaller response limit", 8 << 20, 7, ""},
	} {
		c, _ := client(t, Options{MaxBytes: test.maxBytes}, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"status":"success","data":["`+long+`"`)
			for range test.mebi - 1 {
				_, _ = io.WriteString(w, `,"`+long+`"`)
			}
			_, _ = io.WriteString(w, `]}`)
		})
		a, err := c.LabelNames(t.Context(), Selection{})
		if test.want == "" {
			if err != nil || len(a.Data) != test.mebi {
				t.Errorf("%s: %d, %v", test.name, len(a.Data), err)
			}
			if a, err := c.LabelNames(t.Context(), Selection{Limit: 1}); err != nil || len(a.Data) != 1 || len(a.Warnings) != 1 {
				t.Errorf("%s, truncated: %d, %v", test.name, len(a.Data), err)
			}
			continue
		}
		if f := fault.As(err); f.Kind != fault.TooLarge || f.Status != http.StatusRequestEntityTooLarge || !strings.Contains(f.Text, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		if a, err := c.LabelNames(t.Context(), Selection{Limit: 1}); err != nil || len(a.Data) != 1 || len(a.Warnings) != 1 {
			t.Errorf("%s, truncated: %d, %v", test.name, len(a.Data), err)
		}
	}
}

func TestRawDataOverMaxBytesIsError(t *testing.T) {
	for mebi, want := range map[int]string{63: "", 64: "is larger than 64 MiB, which is the limit for lists and for raw data."} {
		c, _ := client(t, Options{MaxBytes: 1 << 30}, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[`)
			space := strings.Repeat(" ", 1<<20)
			for range mebi {
				_, _ = io.WriteString(w, space)
			}
			_, _ = io.WriteString(w, `]}}`)
		})
		raw, err := c.RawQuery(t.Context(), instant)
		switch f := fault.As(err); {
		case want == "" && (err != nil || len(raw.Data) < mebi<<20):
			t.Errorf("%d MiB: %d bytes, %v", mebi, len(raw.Data), err)
		case want != "" && (err == nil || f.Kind != fault.TooLarge || !strings.Contains(f.Text, want)):
			t.Errorf("%d MiB: %v", mebi, err)
		}
	}
}

// The error and the warning name the exceeded limit, and show whether it is a setting of the
// data source. The error also contains advice.
func TestLimitTexts(t *testing.T) {
	const vector = `{"status":"success","data":{"resultType":"vector","result":[`
	histogram := `{"metric":{},"histogram":[1,{"buckets":[[0,"1","2","3"],[0,"2","4","3"]]}]}`
	for _, test := range []struct{ name, body, want, warning string }{
		{"buckets as samples", vector + histogram + `,` + histogram + `]}}`,
			"has more than 5 samples, each bucket of a native histogram counted as one, which is the data source's limit (sample limit). Ask for fewer series, a shorter range or a larger step.",
			"the response has more than 5 samples, each bucket of a native histogram counted as one, which is the data source's limit."},
		{"labels", vector + `{"metric":{` + strings.Repeat(`"a":"b",`, 200_000) + `"a":"b"}}]}}`,
			"has more than 200000 labels in one set, which is the limit. Aggregate, such as with sum by.",
			"the response has more than 200000 labels in one set, which is the limit."},
		{"string", vector + `{"metric":{"a":"` + strings.Repeat("x", 5<<20) + `"}}]}}`,
			"has more than 4 MiB in one string, which is the limit. Request less data, such as with a selector that excludes it.",
			"the response has more than 4 MiB in one string, which is the limit."},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.body) }
			limits := promjson.Limits{Samples: 5}
			c, _ := client(t, Options{MaxBytes: 1 << 30, Limits: limits}, answer)
			_, err := c.Query(t.Context(), instant)
			if f := fault.As(err); f.Kind != fault.TooLarge || f.Status != http.StatusRequestEntityTooLarge || !strings.HasSuffix(f.Text, test.want) {
				t.Errorf("got %v", err)
			}
			partial, _ := client(t, Options{MaxBytes: 1 << 30, Limits: limits, Partial: true}, answer)
			result, err := partial.Query(t.Context(), instant)
			if err != nil || len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], test.warning) {
				t.Errorf("partial: %+v, %v", result, err)
			}
		})
	}
}

// Each of the two ranges has two series of its own.
func TestQueryRangesLimitsTotalSeries(t *testing.T) {
	for _, test := range []struct {
		name    string
		limit   int
		partial bool
		want    string
	}{
		{"within the limit", 4, false, "4 series, 0 warnings"},
		{"over the limit", 3, false, "has more than 3 series, which is the data source's limit (series limit)"},
		{"partial", 3, true, "3 series, 1 warnings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{Limits: promjson.Limits{Series: test.limit}, Partial: test.partial}, func(w http.ResponseWriter, r *http.Request) {
				one := `{"metric":{"a":"` + r.FormValue("start") + `"},"values":[[` + r.FormValue("start") + `,"1"]]}`
				_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[`+one+`,`+strings.Replace(one, `"a"`, `"b"`, 1)+`]}}`)
			})
			result, err := c.QueryRanges(t.Context(), []Range{minuteOf(0), minuteOf(1)})
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprintf("%d series, %d warnings", len(result.Series), len(result.Warnings))
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The client stops skipping the elements after the limit when the caller's context ends.
func TestListEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, _ := client(t, Options{MaxBytes: 1 << 40}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","data":["a"`)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat(`,"a"`, 1000)); err != nil {
				return
			}
			cancel()
		}
	})
	ended := make(chan error, 1)
	go func() { _, err := c.LabelNames(ctx, Selection{Limit: 1}); ended <- err }()
	select {
	case err := <-ended:
		if fault.As(err).Kind != fault.Canceled {
			t.Errorf("got %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the client is still reading")
	}
}
