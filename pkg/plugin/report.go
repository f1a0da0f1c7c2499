package plugin

import (
	"context"
	"errors"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportframes"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// reportRequest is a parsed report query.
type reportRequest struct {
	*report.Request
	section section.Field
	run     *reportRun
}

// parseReport parses a report query of a user.
func (d *DataSource) parseReport(user *backend.User, q *query.Query) (*reportRequest, error) {
	f := q.Report
	s, err := section.Find(f.Section)
	if err != nil {
		return nil, err
	}
	p := report.Params{Timeframe: f.Timeframe, Granularity: f.Granularity, Aggregation: f.Aggregation}
	r, err := report.ForSections(f.EndpointIDs, s, p, q.To.Sub(q.From), q.At, d.settings.ScrapeInterval)
	if err != nil {
		return nil, err
	}
	role := ""
	if user != nil {
		role = user.Role
	}
	err = r.Configure(d.settings.Report, role)
	if forbidden, is := errors.AsType[*report.ForbiddenError](err); is {
		err = fault.New(fault.Forbidden, "The section %s of the report is reserved for the role %s. Ask an administrator of the data source for access.", s.Path, forbidden.Required)
	}
	return &reportRequest{Request: r, section: s}, err
}

// reportRun computes the reports for one or more queries of a request from Grafana. The first
// query that needs the results computes them for all.
type reportRun struct {
	request *report.Request
	mu      sync.Mutex
	done    bool
	results *report.Results
	err     error
}

func (r *reportRun) get(ctx context.Context, prometheus report.Prometheus) (*report.Results, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done {
		r.err = fault.Catch(func() (err error) {
			r.results, err = r.request.Run(ctx, prometheus)
			return err
		})
		r.done = true
	}
	return r.results, r.err
}

// reportRuns are the computations for a request from Grafana. Queries share a computation if
// report.Join can join them.
type reportRuns []*reportRun

func (all *reportRuns) add(r *reportRequest) {
	for _, run := range *all {
		if joined := report.Join(run.request, r.Request); joined != nil {
			run.request, r.run = joined, run
			return
		}
	}
	r.run = &reportRun{request: r.Request}
	*all = append(*all, r.run)
}

// reportFrames runs a report query.
func (d *DataSource) reportFrames(ctx context.Context, r *request) (data.Frames, error) {
	// If queries share a computation, each requires a permit for all expressions of the
	// computation.
	ctx, finish, err := d.guard.Permit(ctx, r.report.run.request.Expressions())
	if err != nil {
		return nil, err
	}
	results, err := r.report.run.get(ctx, d.client)
	notices, err := finish(err)
	if err != nil {
		return nil, err
	}
	var names series.LabelNames
	if n := d.catalog.LabelNames("", section.EndpointColumn); len(n) > 0 && !promapi.IsAlert(ctx) {
		names = d.namesOf(ctx, r, n[0])
	}
	all, err := reportframes.Frames(r.report.section, r.report.Endpoints(), results, reportframes.Options{
		Expr: r.report.Describe(r.report.section), Legend: r.Legend, Granularity: r.report.Granularity(), Names: names,
	})
	for _, notice := range notices {
		frames.Warn(all, notice)
	}
	if err == nil && len(r.Filters) > 0 {
		frames.Warn(all, "Ad-hoc filters don't apply to reports, which cover all requests of an endpoint.")
	}
	return all, err
}
