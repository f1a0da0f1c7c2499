package query

import (
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// AuditFields are the fields of an audit query. An empty text permits any value.
type AuditFields struct {
	Actor, Verdict, Reason string
	Limit                  int // maximum number of events
}

// auditJSON is the JSON of AuditFields.
type auditJSON struct {
	Actor   stored.Text   `json:"actor"`
	Verdict stored.Text   `json:"verdict"`
	Reason  stored.Text   `json:"reason"`
	Limit   stored.Number `json:"limit"`
}

// defaultEvents is the maximum number of events of an audit query whose limit is missing or 0.
const defaultEvents = 1000

// parseAudit reads the fields of an audit query.
func (q *Query) parseAudit(data []byte) error {
	a := auditJSON{Limit: defaultEvents}
	if err := unmarshal(data, &a); err != nil {
		return err
	}
	if a.Limit == 0 { // an empty field of the editor
		a.Limit = defaultEvents
	}
	if a.Limit < 1 || a.Limit > audit.MaxEvents || a.Limit != stored.Number(int(a.Limit)) {
		return fault.New(fault.BadQuery, "The limit %g of the audit query is not a whole number from 1 to %d.", float64(a.Limit), audit.MaxEvents)
	}
	q.Audit = AuditFields{Actor: string(a.Actor), Verdict: string(a.Verdict), Reason: string(a.Reason), Limit: int(a.Limit)}
	return CheckVerdict(q.Audit.Verdict)
}

// CheckVerdict returns a fault.BadQuery if a verdict doesn't exist. An empty verdict is
// allowed.
func CheckVerdict(verdict string) error {
	if verdict != "" && !slices.Contains(audit.Verdicts, verdict) {
		return fault.New(fault.BadQuery, "The verdict %q is unknown. Use one of %s.", fault.ClipName(verdict), join(audit.Verdicts))
	}
	return nil
}
