package servers

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/provision"
)

// panels opens every provisioned dashboard and holds what its panels show
// against the server's own answers.
func (s *server) panels(t *testing.T) {
	const root = "../.."
	set, err := provision.Read(filepath.Join(root, "provisioning"), provision.MapEnv(map[string]string{
		"PROMETHEUS_URL": s.url, "DASHBOARDS_PATH": filepath.Join(root, "dashboards"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, dashboard := range set.Dashboards {
		asked := &recorder{Querier: s.plugin}
		open, _, err := board.Open(t.Context(), asked, set, dashboard, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, panel := range dashboard.Visualisations() {
			t.Run(dashboard.UID+"/"+panel.Title, func(t *testing.T) {
				if _, err := open.Query(t.Context(), panel); err != nil {
					t.Fatal(err)
				}
				for _, q := range asked.queries {
					response := asked.answers[q.RefID]
					s.isOwnAnswer(t, response, q.TimeRange, stepOf(t, q, response.Frames))
				}
			})
		}
	}
}

// recorder keeps what was asked and answered last on the way to the plugin.
type recorder struct {
	board.Querier
	queries []backend.DataQuery
	answers backend.Responses
}

func (r *recorder) QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	answer, err := r.Querier.QueryData(ctx, queries, headers)
	if err == nil {
		r.queries, r.answers = queries, answer.Responses
	}
	return answer, err
}

// stepOf is the step that the plugin chose, as its time field says; 0 for an
// instant query.
func stepOf(t *testing.T, q backend.DataQuery, frames data.Frames) time.Duration {
	t.Helper()
	var text struct {
		Instant bool `json:"instant"`
	}
	if err := json.Unmarshal(q.JSON, &text); err != nil {
		t.Fatal(err)
	}
	if text.Instant || len(frames) == 0 {
		return 0
	}
	for _, field := range frames[0].Fields {
		if field.Type() == data.FieldTypeTime && field.Config != nil && field.Config.Interval > 0 {
			return time.Duration(field.Config.Interval) * time.Millisecond
		}
	}
	t.Fatal("the time field has no interval")
	return 0
}
