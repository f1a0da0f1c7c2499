package plugin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access/guard"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// loadAccess parses the access text of the settings. If the text is invalid, every query fails,
// because a query without the intended restrictions could return too much.
func (d *DataSource) loadAccess() {
	d.rules, d.accessProblems = access.Load(d.settings.Access)
	switch {
	case len(d.accessProblems) > 0 && d.broken == nil:
		shown := 0
		if strings.TrimSpace(*d.settings.Access) == "" {
			shown = 1 // the problem of a blank text quotes no rules
		}
		d.broken = accessError(d.accessProblems, shown)
	case d.rules != nil:
		for _, reason := range access.Reasons() {
			d.telemetry.ExpectDecision(audit.Block, string(reason))
			d.telemetry.ExpectDecision(audit.Observe, string(reason))
		}
		d.guard = guard.New(guard.Options{Catalog: d.catalog, Recorder: d.audit, AuditAll: d.rules.AuditAll, Budget: d.budget, Now: d.now})
	}
}

// accessError returns the error for an access text with problems. The error contains the first
// problems; shown is their maximum number. Most problems quote the rules, which name other
// tenants. People who aren't administrators must not see such a problem.
func accessError(problems access.Problems, shown int) error {
	shown = min(shown, len(problems))
	number := "a problem"
	if len(problems) > 1 {
		number = fmt.Sprintf("%d problems", len(problems))
	}
	err := fault.New(fault.Misconfigured, "The data source's access rules have %s, so no query can be run", number)
	if shown == 0 {
		err.Text += ". To see the problems, an administrator of the organization can choose Save & test in the data source's settings."
		return err
	}
	err.Text += ":"
	for _, problem := range problems[:shown] { // packfile bounds the text of each problem
		err.Text += " " + problem.String()
	}
	return err
}

// governor returns the guard, or nil if the data source has no valid access rules or policy.
func (d *DataSource) governor() promapi.Governor {
	if d.guard == nil {
		return nil
	}
	return d.guard
}

// withAccess returns a context with the access decision for a caller, if the settings contain
// access rules or a policy.
func (d *DataSource) withAccess(ctx context.Context, from backend.PluginContext, headers http.Header) context.Context {
	if d.rules == nil {
		return ctx
	}
	return access.WithDecision(ctx, d.rules.Decide(accessCaller(from, headers)))
}

// accessCaller returns the caller of a request. The plugin context identifies the caller. The
// headers are used only if the caller is the alert engine: they then name the alert rule. A
// browser can't send headers in a request of the alert engine.
func accessCaller(from backend.PluginContext, headers http.Header) access.Caller {
	c := access.Caller{OrgID: from.OrgID, Alert: isAlert(from)} //nolint:staticcheck // the rules name an organization by number
	if c.Alert {
		c.Rule = headers.Get("X-Rule-Uid")
		return c
	}
	if from.User != nil {
		c.Login, c.Email, c.Role = from.User.Login, from.User.Email, from.User.Role
	}
	return c
}

// span returns the longest duration that the caller of a catalog query chooses for a range
// selector, such as the 5m in up[5m]: the window or, in an instant query, the time range,
// which replaces $__range. The policy limits the step and the range of a range query
// separately.
func (r *request) span() time.Duration {
	if r.Instant {
		return max(r.Window, r.To.Sub(r.From))
	}
	return r.Window
}

// admitQuery returns an error if the access decision denies access. Otherwise it returns a
// context for the requests of the query.
func (d *DataSource) admitQuery(ctx context.Context, r *request) (context.Context, error) {
	if d.guard == nil {
		return ctx, nil
	}
	target := access.Target{Action: string(r.Type)}
	switch {
	case r.Type == query.Report:
		target.Metric = "endpoint report"
	case r.FromCatalog():
		target.Metric, target.Span = r.Metric, r.span()
	}
	ctx = access.WithTarget(ctx, target)
	_, err := d.guard.Matchers(ctx)
	return ctx, err
}
