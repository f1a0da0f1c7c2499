package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// valuesPage is the response of GET and POST catalog/{name}/values/{param}.
type valuesPage struct {
	Values    []string `json:"values"`
	Total     *int     `json:"total,omitempty"` // absent if the list of values is truncated
	Truncated bool     `json:"truncated"`       // whether there are more values after this page
	Warnings  []string `json:"warnings,omitempty"`
}

// valuesQuery is a request for the values of a parameter.
type valuesQuery struct {
	others        catalog.Params // the metric's other parameters
	search        string         // text that the values must contain, ignoring case
	limit, offset int
	span          promapi.Selection // only Start and End
}

// paramValues serves GET catalog/{name}/values/{param}: the values of a parameter in the
// series that match the other parameters of the query string.
func (a api) paramValues(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	q := valuesQuery{others: in.metricParams("start", "end", "limit", "offset", "search")}
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

// paramValuesPost serves POST catalog/{name}/values/{param}: the first page of paramValues,
// for parameters in the format of a catalog query, which allows operators.
func (a api) paramValuesPost(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	text, err := readBody(r, maxBodyBytes)
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
	if err := checkParams(metric, q.others); err != nil {
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
	total := len(values.Data)
	from, to := min(q.offset, total), min(q.offset+q.limit, total)
	warnings, truncated := splitTruncated(values.Warnings)
	page := valuesPage{Values: orEmpty(values.Data[from:to]), Truncated: to < total || truncated, Warnings: warnings}
	if !truncated {
		page.Total = &total
	}
	return page, nil
}

// valueSelectors returns selectors of the series that have the parameter's label and match the
// other parameters. The value of the label must contain the search text, ignoring case.
func valueSelectors(metric *catalog.Metric, param, search string, others catalog.Params) ([]string, error) {
	match, err := metric.ValueSelectors(param, others)
	if err != nil || search == "" {
		return match, err
	}
	var budget promql.RegexpBudget
	contains, err := budget.Matcher(labels.MatchRegexp, param, "(?i:.*"+regexp.QuoteMeta(search)+".*)", "search")
	if err != nil {
		return nil, &detailed{err, details{"parameter": "search", "value": fault.ClipName(search)}}
	}
	for i, selector := range match {
		if match[i], err = promql.AddMatchers(selector, []*labels.Matcher{contains}); err != nil {
			return nil, err
		}
	}
	return match, nil
}

// span returns a selection with the parameters start and end, which are optional.
func (in input) span() (s promapi.Selection, err error) {
	texts, err := in.texts("start", "end")
	if err == nil {
		s.Start, s.End, err = parseSpan("start", "end", texts)
	}
	return s, err
}

// splitTruncated returns the warnings without TruncatedWarning, and whether warnings contains
// TruncatedWarning.
func splitTruncated(warnings []string) (others []string, truncated bool) {
	others = slices.DeleteFunc(slices.Clone(warnings), func(text string) bool { return text == promapi.TruncatedWarning })
	return others, len(others) < len(warnings)
}

// addLiveValues sets LiveValues of each parameter: up to defaultItems of its values, in the
// series that match the other parameters of the lookup. It takes at most maxListing, and
// returns the first error. After an error, some parameters may have no LiveValues.
func (a api) addLiveValues(r *http.Request, l lookup, params []restjson.Param) error {
	if a.Broken != nil {
		return a.Broken
	}
	tooLate := fault.New(fault.Timeout, "Prometheus did not list the values within %s. Request the values of a single parameter from catalog/%s/values/{param}.", maxListing, l.metric.Name)
	timed, cancel := context.WithTimeoutCause(r.Context(), maxListing, tooLate)
	defer cancel()
	tasks, ctx := errgroup.WithContext(timed)
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
	if err != nil && errors.Is(context.Cause(timed), tooLate) {
		return tooLate
	}
	return err
}
