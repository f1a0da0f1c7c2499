package rest

import (
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// auditEvents serves GET audit: events of the audit log that are in memory.
func (a api) auditEvents(_ *http.Request, in input) (any, error) {
	if err := in.checkNames("from", "to", "actor", "verdict", "reason", "limit"); err != nil {
		return nil, err
	}
	if err := in.checkValues(); err != nil {
		return nil, err
	}
	texts, err := in.texts("from", "to", "actor", "verdict", "reason")
	if err != nil {
		return nil, err
	}
	f := audit.Filter{Actor: texts["actor"], Verdict: texts["verdict"], Reason: texts["reason"]}
	if err := query.CheckVerdict(f.Verdict); err != nil {
		return nil, &detailed{err, details{"parameter": "verdict", "value": fault.ClipName(f.Verdict)}}
	}
	if f.Limit, err = in.number("limit", 1, audit.MaxEvents, defaultItems); err != nil {
		return nil, err
	}
	if f.From, f.To, err = parseSpan("from", "to", texts); err != nil {
		return nil, err
	}
	return a.Audit.Page(f), nil
}

// policyCounts serves GET policy: the numbers of decisions with the verdict block or observe.
func (a api) policyCounts(_ *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	return a.Audit.Counts(), nil
}
