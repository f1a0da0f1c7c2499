package rest

import (
	"cmp"
	"maps"
	"net/http"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// explanation is the response of GET api/metrics/{name}/explain: the definition of a metric,
// and the query that GET api/metrics/{name} sends for the same parameters.
type explanation struct {
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Unit        string      `json:"unit"` // Grafana unit id
	Type        string      `json:"type"`
	Tags        []string    `json:"tags"`
	Pack        packEntry   `json:"pack"`
	Place       string      `json:"place"`
	Line        int         `json:"line"`
	Overrides   *overridden `json:"overrides"` // nil unless the metric is defined by a user pack and replaces a built-in one

	PrometheusQuery string     `json:"prometheus_query"` // the template
	Query           string     `json:"query"`            // rendered, with macros
	ExecutedQuery   string     `json:"executed_query"`   // with macros expanded
	Missing         []string   `json:"missing_params"`   // required parameters that don't filter; the queries contain example values
	Window          windowInfo `json:"window"`
	Grouping        grouping   `json:"grouping"`
	Parameters      []param    `json:"parameters"`
	Families        []*family  `json:"families"`
	ValuesError     string     `json:"values_error,omitempty"` // error of a request for LiveValues
}

// overridden is a built-in definition that a user pack replaces.
type overridden struct {
	Pack            string `json:"pack"`
	Place           string `json:"place"`
	Line            int    `json:"line"`
	PrometheusQuery string `json:"prometheus_query"`
}

// windowInfo is the window of a query and its origin.
type windowInfo struct {
	Value string `json:"value"` // such as 5m
	From  string `json:"from"`  // request, metric, step or default
}

type grouping struct {
	By      []string `json:"by"`
	Default []string `json:"default"`
	Choices []string `json:"choices"` // empty if the grouping is fixed
}

// param is a parameter of a metric.
type param struct {
	Name       string   `json:"name"`
	Meaning    string   `json:"meaning"`
	Required   bool     `json:"required"`
	Op         string   `json:"op"`      // =, or =~ for several values
	Values     []string `json:"values"`  // in the request
	Matcher    string   `json:"matcher"` // in PromQL; "" if the parameter doesn't filter
	LiveValues []string `json:"live_values"`
	Truncated  bool     `json:"truncated"` // whether Prometheus has more values than LiveValues
	Warnings   []string `json:"warnings,omitempty"`
}

// family is a metric family that the metric queries.
type family struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Unit   string   `json:"unit"`
	Help   string   `json:"help"`
	Labels []string `json:"labels"`
}

// explain serves GET api/metrics/{name}/explain and catalog/{name}/explain. Parameters
// without a value are ignored, because editors request explanations of incomplete queries.
func (a api) explain(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	var (
		l   lookup
		out explanation
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

// explainLookup returns the explanation without live values.
func (a api) explainLookup(l lookup) (none explanation, err error) {
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
	out.Window = windowInfo{model.Duration(l.window.length).String(), l.window.from}
	out.Grouping = grouping{By: orEmpty(l.group), Default: orEmpty(l.metric.GroupBy), Choices: groupings(l.metric)}
	if l.group == nil {
		out.Grouping.By = orEmpty(l.metric.GroupBy)
	}
	return out, nil
}

// describe returns the parts of an explanation that don't depend on the request.
func (a api) describe(m *catalog.Metric) explanation {
	pack := m.Pack()
	out := explanation{
		Name: m.Name, Title: m.Title, Description: m.Description, Unit: m.Unit, Type: m.Type, Tags: orEmpty(m.Tags),
		Pack:            newPackEntry(pack),
		PrometheusQuery: m.Query,
		Families:        []*family{},
	}
	out.Place, out.Line = m.Position()
	if instead := m.Overrides(); instead != nil {
		place, line := instead.Position()
		out.Overrides = &overridden{instead.Pack().Name, place, line, instead.Query}
	}
	for _, f := range m.Families() {
		out.Families = append(out.Families, &family{f.Name, f.Type, f.Unit, f.Help, orEmpty(f.Labels)})
	}
	return out
}

// explainParams returns the parameters of the metric with their matchers.
func (l lookup) explainParams() ([]param, error) {
	params := []param{}
	for i, name := range l.metric.Params() {
		given := l.params[name]
		matcher, err := given.Matcher(name)
		if err != nil {
			return nil, err
		}
		p := param{
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
