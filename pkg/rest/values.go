package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"github.com/prometheus/prometheus/model/labels"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// valuesPage is the answer of GET catalog/{name}/values/{param}.
type valuesPage struct {
	Values    []string `json:"values"`
	Total     *int     `json:"total,omitempty"` // absent where there are more than anybody counted
	Truncated bool     `json:"truncated"`       // there are more after this page
	Warnings  []string `json:"warnings,omitempty"`
}

// valuesQuery is what a list of a parameter's values is asked with.
type valuesQuery struct {
	others        catalog.Params // the metric's other parameters
	search        string         // a text in the value, in whatever case
	limit, offset int
	span          promapi.Selection
}

// paramValues answers GET catalog/{name}/values/{param}: the values that a
// parameter has, under the other parameters given in the query.
func (a api) paramValues(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	var q valuesQuery
	if q.others, err = in.paramsBeside("start", "end", "limit", "offset", "search"); err != nil {
		return nil, err
	}
	if q.limit, q.offset, err = in.page(); err != nil {
		return nil, err
	}
	if q.search, err = in.text("search"); err != nil {
		return nil, err
	}
	if q.span, err = in.span(); err != nil {
		return nil, err
	}
	return a.listValues(r, metric, q)
}

// paramValuesBeside answers POST catalog/{name}/values/{param}: the same, under
// parameters as a panel holds them, operators included.
func (a api) paramValuesBeside(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	if err := in.only(); err != nil {
		return nil, err
	}
	text, err := bodyOf(r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	var body struct {
		Params catalog.Params `json:"params"`
		Search string         `json:"search"`
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, fault.New(fault.BadQuery, `The request's body must be {"params": {<parameter>: <values>}, "search": "<text>"}: %v.`, err)
	}
	if len(body.Search) > maxValueBytes {
		return nil, tooLong("search", body.Search)
	}
	return a.listValues(r, metric, valuesQuery{others: body.Params, search: body.Search, limit: defaultItems})
}

func (a api) listValues(r *http.Request, metric *catalog.Metric, q valuesQuery) (any, error) {
	param := r.PathValue("param")
	if _, err := metric.ValueSelectors(param, nil); err != nil {
		return nil, unknownParameter(metric, param, fault.New(fault.NotFound, "%s", fault.As(err).Text))
	}
	if err := onlyKnown(metric, q.others); err != nil {
		return nil, err
	}
	var match []string
	err := a.parse(r, func() (err error) {
		match, err = valueSelectors(metric, param, q.search, q.others)
		return err
	})
	if err != nil {
		return nil, err
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	selection := q.span
	selection.Match, selection.Limit = match, maxCounted
	values, err := a.Client.LabelValues(r.Context(), param, selection)
	if err != nil {
		return nil, err
	}
	found := len(values.Data)
	from, to := min(q.offset, found), min(q.offset+q.limit, found)
	warnings, truncated := splitTruncated(values.Warnings)
	page := valuesPage{Values: orEmpty(values.Data[from:to]), Truncated: to < found || truncated, Warnings: warnings}
	if !truncated {
		page.Total = &found
	}
	return page, nil
}

// valueSelectors select the series that have the parameter's values: those under
// the other parameters, with a text in the value in whatever case.
func valueSelectors(metric *catalog.Metric, param, search string, others catalog.Params) ([]string, error) {
	match, err := metric.ValueSelectors(param, others)
	if err != nil || search == "" {
		return match, err
	}
	var budget promql.RegexpBudget
	contains, err := budget.Matcher(labels.MatchRegexp, param, "(?i:.*"+regexp.QuoteMeta(search)+".*)", "search")
	if err != nil {
		return nil, &detailed{err, details{"parameter": "search", "value": clip(search)}}
	}
	for i, selector := range match {
		if match[i], err = promql.AddMatchers(selector, []*labels.Matcher{contains}); err != nil {
			return nil, err
		}
	}
	return match, nil
}

// span reads start and end, each of which may be left out.
func (in input) span() (s promapi.Selection, err error) {
	start, err := in.text("start")
	if err != nil {
		return s, err
	}
	end, err := in.text("end")
	if err != nil {
		return s, err
	}
	s.Start, s.End, err = spanOf(start, end)
	return s, err
}

// addLiveValues fills in what each parameter can be while the others are as the
// lookup has them. It takes no longer than a person waits for a form; its error
// is the first that Prometheus gave.
func (a api) addLiveValues(r *http.Request, l lookup, params []param) error {
	if a.Broken != nil {
		return a.Broken
	}
	tooLate := fault.New(fault.Timeout, "Prometheus did not list the values within %s. Ask for those of one parameter at catalog/%s/values/.", maxListing, l.metric.Name)
	patient, cancel := context.WithTimeoutCause(r.Context(), maxListing, tooLate)
	defer cancel()
	tasks, ctx := errgroup.WithContext(patient)
	tasks.SetLimit(maxConcurrentListings)
	for i := range params {
		p := &params[i]
		tasks.Go(func() error {
			var match []string
			err := a.parse(r.WithContext(ctx), func() (err error) {
				match, err = l.metric.ValueSelectors(p.Name, l.params)
				return err
			})
			if err != nil {
				return err
			}
			selection := promapi.Selection{Match: match, Limit: defaultItems}
			if l.times.isRange() {
				selection.Start, selection.End = l.times.start, l.times.end
			}
			values, err := a.Client.LabelValues(ctx, p.Name, selection)
			if err != nil {
				return err
			}
			p.LiveValues = orEmpty(values.Data)
			p.Warnings, p.Truncated = splitTruncated(values.Warnings)
			return nil
		})
	}
	err := tasks.Wait()
	if err != nil && errors.Is(context.Cause(patient), tooLate) {
		return tooLate
	}
	return err
}
