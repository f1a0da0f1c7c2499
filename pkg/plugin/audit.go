package plugin

import (
	"context"
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// openAudit opens the audit log of the data source. If the token of the OTLP endpoint is
// invalid, audit events are recorded, but not exported.
func (d *DataSource) openAudit(org int64, stored backend.DataSourceInstanceSettings) (err error) {
	endpoint := d.settings.AuditEndpoint
	endpoint.Token, err = audit.ParseToken(stored.DecryptedSecureJSONData[settings.AuditToken])
	if err != nil {
		d.unused = append(d.unused, settings.UnusedAuditToken(err))
		endpoint = audit.Endpoint{}
	}
	d.audit, err = audit.Open(audit.Options{
		Source: audit.Source{Org: org, UID: stored.UID}, Endpoint: endpoint,
		Write: logEvent, Observer: d.telemetry,
		Mask:   func(text string) string { return d.mask.Mask(text) }, // connect sets d.mask
		Report: func(problem string) { logExport(stored.UID, endpoint, problem) },
	})
	return err
}

// logEvent logs an audit event.
func logEvent(e audit.Event) {
	backend.Logger.Info("Policy decision", fault.LogFields("actor", e.Actor, "org", e.Org, "role", e.Role, "action", e.Action,
		"target", e.Target, "verdict", e.Verdict, "reason", e.Reason, "text", e.Message, "matchers", e.Matchers)...)
}

// logExport logs that the export of audit events fails, or that it succeeds again.
func logExport(uid string, endpoint audit.Endpoint, problem string) {
	if problem == "" {
		backend.Logger.Info("Audit events are exported again", fault.LogFields("uid", uid, "endpoint", endpoint.URL)...)
		return
	}
	backend.Logger.Warn("Audit events are not exported", fault.LogFields("uid", uid, "endpoint", endpoint.URL, "problem", problem)...)
}

// checkAuditReader returns an error unless a user is an administrator of the organization. It
// refuses the alert engine despite its role Admin: others can see the results of alert rules.
func checkAuditReader(user *backend.User) error {
	const admin = "Admin"
	if user != nil && user.Role == admin && !isAlert(backend.PluginContext{User: user}) {
		return nil
	}
	return fault.New(fault.Forbidden, "Only administrators of the organization may read audit events. Alert rules can't read them.")
}

// auditFrames runs an audit query.
func (d *DataSource) auditFrames(r *request) (data.Frames, error) {
	page := d.audit.Page(audit.Filter{
		From: r.From, To: r.To, Actor: r.Audit.Actor, Verdict: r.Audit.Verdict, Reason: r.Audit.Reason, Limit: r.Audit.Limit,
	})
	frame, err := audit.Frame(page.Events)
	if err != nil {
		return nil, err
	}
	all := data.Frames{frame}
	if page.More {
		frames.Warn(all, fmt.Sprintf("Only the newest %d events of the time range are shown. Shorten the time range, or increase the limit.", r.Audit.Limit))
	}
	if page.Dropped > 0 {
		frames.Warn(all, fmt.Sprintf("%d earlier events are no longer in memory.", page.Dropped))
	}
	return all, nil
}

// auditError returns the problem of the export of audit events as an error for Save & test, or
// nil if there is none. Only the error for an administrator contains the endpoint and the
// problem.
func auditError(h audit.Health, isAdmin bool) error {
	switch {
	case h.Problem == "":
		return nil
	case !isAdmin:
		return fault.New(fault.Misconfigured, "Audit events can't be exported. To see the problem, an administrator of the organization can choose Save & test in the data source's settings.")
	}
	return fault.New(fault.Misconfigured, "Audit events can't be exported to %s: %s. Check the URL and the token of the OTLP endpoint.", h.Endpoint, h.Problem)
}

// checkAudit returns the state of the export of audit events. If an administrator requested
// the health check and the export is enabled, checkAudit first exports an event about it. The
// checks of others export nothing, so that users who may only run queries can't fill the
// receiver's storage.
func (d *DataSource) checkAudit(ctx context.Context, caller backend.PluginContext) audit.Health {
	if checkAuditReader(caller.User) != nil {
		return d.audit.Health()
	}
	return d.audit.Check(ctx, caller.User.Login, caller.OrgID) //nolint:staticcheck // Grafana numbers organizations
}
