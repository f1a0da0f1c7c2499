package audit

import (
	"fmt"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

// TestNoEventIsLostAtOneThousandPerSecond records more events than the exporter can queue.
// Therefore the exporter must send events while the test records others.
func TestNoEventIsLostAtOneThousandPerSecond(t *testing.T) {
	const (
		perSecond = 1000
		seconds   = 8
		tick      = 20 * time.Millisecond
	)
	c := startCollector(t)
	endpoint, err := audit.ParseEndpoint(c.url)
	if err != nil {
		t.Fatal(err)
	}
	endpoint.Token = "t0ken"
	log, err := audit.Open(audit.Options{Source: audit.Source{Org: 1, UID: "load"}, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	begun, recorded := time.Now(), 0
	for range ticker.C {
		due := min(int(time.Since(begun).Seconds()*perSecond), perSecond*seconds)
		for ; recorded < due; recorded++ {
			log.Record(audit.Event{
				Actor: "ada", Org: 1, Role: "Viewer", Action: "query", Target: fmt.Sprintf("http_requests_total{id=\"%d\"}", recorded),
				Verdict: audit.Block, Reason: "promql_not_allowed", Message: "Only metrics of the catalog may be queried.", Matchers: `tenant="acme"`,
			})
		}
		if recorded == perSecond*seconds {
			break
		}
	}
	log.Close()
	seen := map[any]int{}
	for _, r := range c.received() {
		seen[r.attributes["target"]]++
		if r.severity != "WARN" || r.event != "modelmetrics.policy_decision" || r.attributes["matchers"] != `tenant="acme"` || r.attributes["org"] != int64(1) ||
			r.resource["modelmetrics.datasource"] != "load" || len(r.authorization) != 1 || r.authorization[0] != "Bearer t0ken" {
			t.Fatalf("received %+v", r)
		}
	}
	if h := log.Health(); len(seen) != recorded || h.Exported != int64(recorded) || h.Dropped != 0 || h.Problem != "" {
		t.Errorf("%d of %d events received, %+v", len(seen), recorded, h)
	}
	t.Logf("%d requests", c.requests)
}
