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

func TestCustomParametersGoWithEveryRequest(t *testing.T) {
	asked := map[string]url.Values{}
	c, _ := client(t, Options{Params: url.Values{"tenant": {"a"}, "nocache": {"1"}}}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked[r.URL.Path] = r.Form
		if strings.HasPrefix(r.URL.Path, "/api/v1/label") {
			_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
			return
		}
		_, _ = fmt.Fprint(w, one)
	})
	own, err := c.QueryParams("dedup=false&x=1&x=2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(t.Context(), Instant{Expr: "up", At: instant.At, Params: own}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.QueryRange(t.Context(), Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute, Params: own}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.LabelNames(t.Context(), Selection{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.LabelValues(t.Context(), "job", Selection{}); err != nil {
		t.Fatal(err)
	}
	c.identify(t.Context())
	for path, params := range map[string]string{
		"/api/v1/query": "false 1,2 a 1", "/api/v1/query_range": "false 1,2 a 1",
		"/api/v1/labels": "  a 1", "/api/v1/label/job/values": "  a 1", "/api/v1/status/buildinfo": "  a 1",
	} {
		form := asked[path]
		got := strings.Join([]string{form.Get("dedup"), strings.Join(form["x"], ","), form.Get("tenant"), form.Get("nocache")}, " ")
		if got != params {
			t.Errorf("%s: got %q, want %q", path, got, params)
		}
	}
}

func TestCustomParametersThatAreRefused(t *testing.T) {
	c, _ := client(t, Options{Params: url.Values{"tenant": {"a"}, "extra_filters[]": {`{a="a"}`}}}, http.NotFound)
	c.base.RawQuery = "org=1"
	for _, test := range []struct{ name, text, want string }{
		{"the query's own", "step=1", "step is not free"},
		{"the query timeout's", "timeout=1h", "timeout is not free"},
		{"a selector", "match[]=up", "match[] is not free"},
		{"the data source's", "tenant=b", "tenant is set by the data source"},
		{"the data source's, spelled as a list", "tenant[]=b", "tenant[] is set by the data source"},
		{"the data source's list, spelled otherwise", "extra_filters={a=\"b\"}", "extra_filters is set by the data source"},
		{"the URL's", "org=2", "org is set by the data source"},
		{"no name", "=b", "without a name"},
		{"unreadable", "a;b=1", "can't be read"},
		{"a bad escape", "a=%zz", "can't be read"},
		{"too many", strings.Repeat("a=1&", 10_000), "are more than 100"},
		{"a long one", "a=" + strings.Repeat("1", 1_000_000), "have 1000002 bytes: they may have 65536"},
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

// TestStepsStayWhereTheyAre: VictoriaMetrics moves a range that isn't aligned to
// its step in UTC, unless it is told not to.
func TestStepsStayWhereTheyAre(t *testing.T) {
	var asked url.Values
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = r.Form
		_, _ = fmt.Fprint(w, one)
	})
	for start, want := range map[int64]string{0: "", 86_400: "", 82_800: "1"} {
		q := Range{Expr: "up", Start: time.Unix(start, 0), End: time.Unix(start+86_400, 0), Step: 24 * time.Hour}
		if _, err := c.QueryRange(t.Context(), q); err != nil || asked.Get("nocache") != want {
			t.Errorf("from %d: nocache is %q, %v", start, asked.Get("nocache"), err)
		}
	}
}
