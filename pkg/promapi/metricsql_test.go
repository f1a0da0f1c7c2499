package promapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Quoted names are rewritten only for VictoriaMetrics.
func TestUnquoteNames(t *testing.T) {
	const quoted, unquoted = `{"my.metric", "my-label"="x"}`, `{__name__="my.metric", my\-label="x"}`
	for hostname, want := range map[string]string{"vm": unquoted, "": quoted} {
		var sent []string
		c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			if hostname != "" {
				w.Header().Set("X-Server-Hostname", hostname)
			}
			switch {
			case strings.HasSuffix(r.URL.Path, "/query"):
				sent = append(sent, r.FormValue("query"))
				_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
			case strings.HasSuffix(r.URL.Path, "/labels"):
				_ = r.ParseForm()
				sent = append(sent, r.Form["match[]"]...)
				_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
			default:
				_, _ = fmt.Fprint(w, `{"status":"success","data":{}}`)
			}
		})
		if _, err := c.Query(t.Context(), Instant{Expr: quoted}); err != nil {
			t.Fatal(err)
		}
		selection := Selection{Match: []string{"up", quoted}}
		if _, err := c.LabelNames(t.Context(), selection); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(sent, "|"); got != strings.Join([]string{want, "up", want}, "|") {
			t.Errorf("hostname %q: sent %s", hostname, got)
		}
		if selection.Match[1] != quoted {
			t.Errorf("the caller's selector was changed to %s", selection.Match[1])
		}
	}
}
