package servers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
)

// confined runs expressions with an access rule that permits the series of the job tango. In
// some expressions, the server and Prometheus's parser could disagree on whether a text is
// code, or a part of a string or a comment. No result may contain another job.
func (s *server) confined(t *testing.T, speaksMetricsQL bool) {
	t.Helper()
	plugin := plugintest.Start(t, plugintest.Source(t, s.url, map[string]any{"access": `rules: [{name: tango, matchers: ['job="tango"']}]`}))
	for _, expr := range []string{
		`up`, `up{job!="tango"}`, `up{job=~".*"}`, `{__name__="up"}`, `up or up{job!="tango"}`, `sum by (job) (up)`, `count by (job) ({__name__=~".+"})`,
		"up #\r{job!=\"tango\"}", "up #\r{job!=\"tango\"}\n", "up # `\r or up{job!='tango'} # `",
		"label_replace(up, \"x\", `\\`, \"`) or up{job!='tango'} #\", \"\")", "label_replace(up{job!=`\\`}, 'x', '`', '', '') or up{job!='tango'}", "label_replace(up, 'x', `\\`, 'job', \"`) or up{job!='tango'} #\")",
		"up{job!=`\\`,instance!=\"`} or up{job!='tango'} #\"}", "up{job=~'`.*'} or up{job!~\"`\"}",
	} {
		response := runQuery(t, plugin, map[string]any{"expr": expr, "instant": true, "format": "time_series"})
		if response.Error != nil {
			if !strings.Contains(response.Error.Error(), "refused the query") {
				t.Errorf("%q: %v", expr, response.Error)
			}
			continue
		}
		for _, frame := range response.Frames {
			for _, field := range frame.Fields {
				if job := field.Labels["job"]; field.Labels != nil && job != "tango" {
					t.Errorf("%q reads the job %q", expr, job)
				}
			}
		}
	}
	for _, query := range []map[string]any{
		{"queryType": "labelValues", "label": "job"},
		{"queryType": "labelValues", "label": "job", "match": `up{job!=""}`},
	} {
		if jobs := texts(t, plugin, query); !slices.Equal(jobs, []string{"tango"}) {
			t.Errorf("%v lists %q", query, jobs)
		}
	}
	listed := texts(t, plugin, map[string]any{"queryType": "queryResult", "expr": `up`})
	if len(listed) == 0 {
		t.Error("the rule permits no series")
	}
	for _, expr := range []string{`up default 0`, `WITH (x = up{job!=""}) x`, `up{job="tango" or job!="tango"}`} {
		response := runQuery(t, plugin, map[string]any{"queryType": "queryResult", "expr": expr})
		if !speaksMetricsQL {
			if response.Error == nil || response.Status != http.StatusForbidden || !strings.Contains(response.Error.Error(), `access_not_confinable (rule "tango")`) {
				t.Errorf("%s: status %d, %v", expr, response.Status, response.Error)
			}
			continue
		}
		if response.Error != nil || response.Frames[0].Rows() == 0 {
			if strings.Contains(expr, " or ") { // only recent versions support it
				continue
			}
			t.Fatalf("%s: %v", expr, response.Error)
		}
		for row := range response.Frames[0].Rows() {
			if text, _ := response.Frames[0].Fields[0].ConcreteAt(row); !strings.Contains(text.(string), `job="tango"`) {
				t.Errorf("%s reads %s", expr, text)
			}
		}
	}
}
