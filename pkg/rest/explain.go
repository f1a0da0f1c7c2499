package rest

import (
	"cmp"
	"maps"
	"net/http"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// explain serves GET api/metrics/{name}/explain and catalog/{name}/explain. The metric's
// parameters may have no value, because editors request explanations of incomplete queries.
func (a api) explain(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	var (
		l   lookup
		out restjson.Explanation
	)
	err = a.parse(r, func() error {
		if l, err = a.parseLookup(metric, in); err == nil {
			out, err = a.explainLookup(l)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.addLiveValues(r, l, out.Parameters); err != nil {
		out.ValuesError = err.Error()
	}
	return out, nil
}

// explainLookup returns the explanation without the values that parameters have in Prometheus.
func (a api) explainLookup(l lookup) (none restjson.Explanation, err error) {
	if _, err := catalog.LabelMatchers(l.params); err != nil { // some limits apply to all parameters together
		return none, err
	}
	missing := l.missing()
	params, err := l.explainParams()
	if err != nil {
		return none, l.withDetails(err)
	}
	shown := l
	shown.params = withExamples(l.params, missing)
	rendered, err := l.metric.Render(shown.params, l.group)
	if err != nil {
		return none, l.withDetails(err)
	}
	q := shown.query(a.ScrapeInterval)
	compiled, err := q.Compile(l.metric, q.Instant)
	if err != nil {
		return none, err
	}
	out := a.describe(l.metric)
	out.Query, out.ExecutedQuery, out.Missing, out.Parameters = rendered, compiled.Expr, missing, params
	out.Window = restjson.Window{Value: model.Duration(l.window.length).String(), From: l.window.from}
	out.Grouping = restjson.Grouping{By: orEmpty(l.group), Default: orEmpty(l.metric.GroupBy), Choices: groupings(l.metric)}
	if l.group == nil {
		out.Grouping.By = orEmpty(l.metric.GroupBy)
	}
	return out, nil
}

// describe returns the parts of an explanation that don't depend on the request.
func (a api) describe(m *catalog.Metric) restjson.Explanation {
	pack := m.Pack()
	out := restjson.Explanation{
		Name: m.Name, Title: m.Title, Description: m.Description, Unit: m.Unit, Type: m.Type, Tags: orEmpty(m.Tags),
		Pack:            newPackEntry(pack),
		PrometheusQuery: m.Query,
		Families:        []*restjson.Family{},
	}
	out.Place, out.Line = m.Position()
	if instead := m.Overrides(); instead != nil {
		place, line := instead.Position()
		out.Overrides = &restjson.Overridden{Pack: instead.Pack().Name, Place: place, Line: line, PrometheusQuery: instead.Query}
	}
	for _, f := range m.Families() {
		out.Families = append(out.Families, &restjson.Family{Name: f.Name, Type: f.Type, Unit: f.Unit, Help: f.Help, Labels: orEmpty(f.Labels)})
	}
	return out
}

// explainParams returns the parameters of the metric with their matchers.
func (l lookup) explainParams() ([]restjson.Param, error) {
	params := []restjson.Param{}
	for i, name := range l.metric.Params() {
		given := l.params[name]
		matcher, err := given.Matcher(name)
		if err != nil {
			return nil, err
		}
		p := restjson.Param{
			Name: name, Meaning: l.metric.Meaning(name), Required: i < len(l.metric.RequiredParams),
			Op: cmp.Or(given.Op, "="), Values: orEmpty(given.Values), LiveValues: []string{},
		}
		if matcher != nil {
			p.Op, p.Matcher = matcher.Type.String(), promql.MatcherText(matcher)
		}
		params = append(params, p)
	}
	return params, nil
}

// withExamples returns the given parameters, and example values for the missing ones. The
// examples are those of catalog.Metric.Preview and can't be mistaken for real values.
func withExamples(given catalog.Params, missing []string) catalog.Params {
	params := catalog.Params{}
	maps.Copy(params, given)
	for _, name := range missing {
		params[name] = catalog.Param{Values: []string{"<" + name + ">"}}
	}
	return params
}
