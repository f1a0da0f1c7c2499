package guard

import (
	"cmp"
	"context"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// verdicts are the names of the verdicts in the audit log.
var verdicts = [...]string{access.Off: audit.Allow, access.Observe: audit.Observe, access.Block: audit.Block}

// record adds a decision about a request to the ledger of its query. If there is no ledger, or
// it has ended, record adds the decision to the audit log. The zero violation stands for an
// allowed query.
func (g *Guard) record(ctx context.Context, d *access.Decision, expr string, v violation) {
	if g.Recorder == nil {
		return
	}
	target := access.TargetOf(ctx)
	event := audit.Event{
		Time:     g.Now(),
		Actor:    actor(d.Caller),
		Org:      d.Caller.OrgID,
		Role:     d.Caller.Role,
		Action:   cmp.Or(target.Action, "query"),
		Target:   fault.ClipBytes(cmp.Or(target.Metric, expr), maxTargetBytes),
		Verdict:  verdicts[v.verdict],
		Reason:   string(v.reason),
		Message:  fault.ClipBytes(v.text, maxTargetBytes),
		Matchers: fault.ClipBytes(promql.MatchersText(d.Matchers), maxTargetBytes),
	}
	if !ledgerOf(ctx).add(event) {
		g.Recorder.Record(event)
	}
}

// actor returns the login of a user, or alert:<uid> for an alert rule. Package audit cuts a long
// text.
func actor(c access.Caller) string {
	if c.Alert {
		return "alert:" + c.Rule
	}
	return c.Login
}
