package rest

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access/guard"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

// eventList is a Recorder that keeps the events.
type eventList []audit.Event

func (l *eventList) Record(e audit.Event) { *l = append(*l, e) }

// TestRefusedReportIsRecorded: a report that is refused after the access rules have permitted
// it is in the audit log like any other report.
func TestRefusedReportIsRecorded(t *testing.T) {
	text := "policy: {range: {max: 1m, verdict: observe}}"
	rules, problems := access.Load(&text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o, _ := endpointOptions(t)
	o.Report.RequestsPerHour = 1
	var events eventList
	o.Guard = guard.New(guard.Options{Catalog: o.Catalog, Recorder: &events, Now: time.Now})
	handler := New(o)
	for _, status := range []int{200, 429} {
		events = nil
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", reportPath, nil)
		ctx := backend.WithPluginContext(r.Context(), backend.PluginContext{User: ada})
		ctx = access.WithDecision(ctx, rules.Decide(access.Caller{Login: ada.Login, Role: ada.Role}))
		handler.ServeHTTP(w, r.WithContext(ctx))
		if w.Code != status || len(events) != 1 || events[0].Verdict != audit.Observe {
			t.Errorf("status %d, recorded %+v: %s", w.Code, events, w.Body)
		}
	}
}
