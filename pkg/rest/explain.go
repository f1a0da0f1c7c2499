package rest

import (
	"cmp"
	"maps"
	"net/http"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// explained is the answer of GET api/metrics/{name}/explain: where a metric comes
// from and what a lookup with the same parameters would ask Prometheus.
type explained struct {
	Name        string    `json:"name"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Unit        string    `json:"unit"` // Grafana unit id
	Type        string    `json:"type"`
	Tags        []string  `json:"tags"`
	Pack        packEntry `json:"pack"`
	Place       string    `json:"place"`
	Line        int       `json:"line"`
	Overrides   *original `json:"overrides"` // nil unless the definition is a user's own and stands in for a built-in one

	PrometheusQuery string    `json:"prometheus_query"` // the template
	Query           string    `json:"query"`            // rendered; macros as written
	ExecutedQuery   string    `json:"executed_query"`   // with its macros filled in: what a lookup sends
	Missing         []string  `json:"missing_params"`   // required and not given; the queries hold an example
	Window          usedAs    `json:"window"`
	Grouping        grouping  `json:"grouping"`
	Parameters      []param   `json:"parameters"`
	Families        []*family `json:"families"`
	ValuesError     string    `json:"values_error,omitempty"` // why the parameters have no live values
}

type original struct {
	Pack            string `json:"pack"`
	Place           string `json:"place"`
	Line            int    `json:"line"`
	PrometheusQuery string `json:"prometheus_query"`
}

// usedAs is a window as a client reads it.
type usedAs struct {
	Value string `json:"value"` // such as 5m
	From  string `json:"from"`  // request, metric, step or default
}

type grouping struct {
	By      []string `json:"by"`
	Default []string `json:"default"`
	Choices []string `json:"choices"` // none where the query's grouping is fixed
}

// param is one of the metric's parameters.
type param struct {
	Name       string   `json:"name"`
	Meaning    string   `json:"meaning"`
	Required   bool     `json:"required"`
	Op         string   `json:"op"`      // =, or =~ where there are several values
	Values     []string `json:"values"`  // that the request gives it
	Matcher    string   `json:"matcher"` // what it becomes; "" where it doesn't filter
	LiveValues []string `json:"live_values"`
	Truncated  bool     `json:"truncated"` // there are more live values
	Warnings   []string `json:"warnings,omitempty"`
}

// family is what the metric reads of the platform.
type family struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Unit   string   `json:"unit"`
	Help   string   `json:"help"`
	Labels []string `json:"labels"`
}

// explain answers GET api/metrics/{name}/explain and catalog/{name}/explain. A form
// that is being filled in asks it: a parameter without a value isn't given yet.
func (a api) explain(r *http.Request, in input) (any, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	var (
		l   lookup
		out explained
	)
	err = a.parse(r, func() error {
		if l, err = a.lookupOf(metric, in); err == nil {
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

// explainLookup is all of the answer but the live values.
func (a api) explainLookup(l lookup) (none explained, err error) {
	if _, err := catalog.LabelMatchers(l.params); err != nil { // of all parameters together
		return none, err
	}
	missing := l.missing()
	params, err := l.explainParams()
	if err != nil {
		return none, l.withDetails(err)
	}
	shown := l
	shown.params = exemplified(l.params, missing)
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
	out.Window = usedAs{model.Duration(l.window.length).String(), l.window.from}
	out.Grouping = grouping{By: orEmpty(l.group), Default: orEmpty(l.metric.GroupBy), Choices: groupings(l.metric)}
	if l.group == nil {
		out.Grouping.By = orEmpty(l.metric.GroupBy)
	}
	return out, nil
}

// describe is what there is to say of a metric whatever is asked of it.
func (a api) describe(m *catalog.Metric) explained {
	pack := m.Pack()
	out := explained{
		Name: m.Name, Title: m.Title, Description: m.Description, Unit: m.Unit, Type: m.Type, Tags: orEmpty(m.Tags),
		Pack:            packEntry{pack.Name, pack.Title, pack.Owner},
		PrometheusQuery: m.Query,
		Families:        []*family{},
	}
	out.Place, out.Line = m.Position()
	if instead := m.Overrides(); instead != nil {
		place, line := instead.Position()
		out.Overrides = &original{instead.Pack().Name, place, line, instead.Query}
	}
	for _, f := range m.Families() {
		out.Families = append(out.Families, &family{f.Name, f.Type, f.Unit, f.Help, orEmpty(f.Labels)})
	}
	return out
}

// explainParams tells what becomes of each parameter.
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

// exemplified gives the missing parameters a value that can't be mistaken for a
// real one, as catalog.Metric.Preview does.
func exemplified(given catalog.Params, missing []string) catalog.Params {
	params := catalog.Params{}
	maps.Copy(params, given)
	for _, name := range missing {
		params[name] = catalog.Param{Values: []string{"<" + name + ">"}}
	}
	return params
}
