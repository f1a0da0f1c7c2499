package promapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestParamsAreSentWithEveryRequest(t *testing.T) {
	forms := map[string]url.Values{}
	c, _ := client(t, Options{Params: url.Values{"tenant": {"a"}, "nocache": {"1"}}}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		forms[r.URL.Path] = r.Form
		if strings.HasPrefix(r.URL.Path, "/api/v1/label") {
			_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
			return
		}
		_, _ = fmt.Fprint(w, one)
	})
	params, err := c.QueryParams("dedup=false&x=1&x=2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(t.Context(), Instant{Expr: "up", At: instant.At, Params: params}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.QueryRange(t.Context(), Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute, Params: params}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.LabelNames(t.Context(), Selection{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.LabelValues(t.Context(), "job", Selection{}); err != nil {
		t.Fatal(err)
	}
	c.identify(t.Context())
	for path, want := range map[string]string{
		"/api/v1/query": "false 1,2 a 1", "/api/v1/query_range": "false 1,2 a 1",
		"/api/v1/labels": "  a 1", "/api/v1/label/job/values": "  a 1", "/api/v1/status/buildinfo": "  a 1",
	} {
		form := forms[path]
		got := strings.Join([]string{form.Get("dedup"), strings.Join(form["x"], ","), form.Get("tenant"), form.Get("nocache")}, " ")
		if got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestQueryParamsRejectsInvalidParams(t *testing.T) {
	c, _ := client(t, Options{Params: url.Values{"tenant": {"a"}, "extra_filters[]": {`{a="a"}`}}}, http.NotFound)
	c.base.RawQuery = "org=1"
	for _, test := range []struct{ name, text, want string }{
		{"step of the query", "step=1", "step is reserved"},
		{"query timeout", "timeout=1h", "timeout is reserved"},
		{"selector", "match[]=up", "match[] is reserved"},
		{"set by the data source", "tenant=b", "tenant is set by the data source"},
		{"set by the data source, with brackets", "tenant[]=b", "tenant[] is set by the data source"},
		{"set by the data source, without brackets", "extra_filters={a=\"b\"}", "extra_filters is set by the data source"},
		{"set in the URL", "org=2", "org is set by the data source"},
		{"without a name", "=b", "has no name"},
		{"semicolon", "a;b=1", "not a valid query string"},
		{"invalid escape", "a=%zz", "not a valid query string"},
		{"too many parameters", strings.Repeat("a=1&", 10_000), "There are more than 100"},
		{"too many bytes", "a=" + strings.Repeat("1", 1_000_000), "have 1000002 bytes, and the limit is 65536"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := c.QueryParams(test.text)
			if f := fault.As(err); f.Kind != fault.BadQuery || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	for _, bounded := range []string{strings.Repeat("1", maxParams), strings.Repeat("1", maxParams+1)} {
		text := "a=" + strings.Join(strings.Split(bounded, ""), "&a=")
		if _, _, err := SettingsParams(text); (err == nil) != (len(bounded) == maxParams) {
			t.Errorf("%d parameters of the settings: %v", len(bounded), err)
		}
	}
}

// VictoriaMetrics aligns a range to multiples of the step in UTC, unless nocache is set.
func TestUnalignedRangeSetsNocache(t *testing.T) {
	var form url.Values
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form = r.Form
		_, _ = fmt.Fprint(w, one)
	})
	for start, want := range map[int64]string{0: "", 86_400: "", 82_800: "1"} {
		q := Range{Expr: "up", Start: time.Unix(start, 0), End: time.Unix(start+86_400, 0), Step: 24 * time.Hour}
		if _, err := c.QueryRange(t.Context(), q); err != nil || form.Get("nocache") != want {
			t.Errorf("from %d: nocache is %q, %v", start, form.Get("nocache"), err)
		}
	}
}
