package query

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"

// ReportFields are the fields of a report query (docs/report.md), not yet validated. An
// empty text stands for the default.
type ReportFields struct {
	EndpointIDs []string
	Section     string // dotted path of a section, such as costs.breakdown
	Timeframe   string // such as 24h, or auto for the time range
	Granularity string // such as 15m
	Aggregation string // such as avg
}

// reportJSON is the JSON of ReportFields.
type reportJSON struct {
	EndpointIDs stored.List `json:"endpointIds"`
	Section     stored.Text `json:"section"`
	Timeframe   stored.Text `json:"timeframe"`
	Granularity stored.Text `json:"granularity"`
	Aggregation stored.Text `json:"aggregation"`
}

// parseReport reads the fields of a report query.
func (q *Query) parseReport(data []byte) error {
	var r reportJSON
	if err := unmarshal(data, &r); err != nil {
		return err
	}
	q.Report = ReportFields{
		EndpointIDs: r.EndpointIDs, Section: string(r.Section),
		Timeframe: string(r.Timeframe), Granularity: string(r.Granularity), Aggregation: string(r.Aggregation),
	}
	return nil
}
