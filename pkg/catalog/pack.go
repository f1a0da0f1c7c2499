package catalog

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Pack is what one team says about one platform: the families it exports, the
// metrics made of them, and the alerts on those metrics.
type Pack struct {
	Name       string            `yaml:"pack" json:"pack"`
	Title      string            `yaml:"title" json:"title"`
	Owner      string            `yaml:"owner" json:"owner"`
	Labels     map[string]string `yaml:"labels,omitempty" json:"labels,omitempty"` // what each label of the families means
	Families   []Family          `yaml:"families" json:"families"`
	Metrics    []*Metric         `yaml:"metrics" json:"metrics"`
	Alerts     []Alert           `yaml:"alerts,omitempty" json:"alerts"`
	Dashboards []Dashboard       `yaml:"dashboards,omitempty" json:"dashboards"`

	AlertInterval string `yaml:"alert_interval,omitempty" json:"alert_interval,omitempty"` // between two evaluations; DefaultAlertInterval where empty

	place string // where its text stands
}

// Family is one Prometheus metric family that the platform must export.
type Family struct {
	Name      string    `yaml:"name" json:"name"`
	Type      string    `yaml:"type" json:"type"` // counter, gauge, histogram or summary
	Unit      string    `yaml:"unit,omitempty" json:"unit,omitempty"`
	Help      string    `yaml:"help" json:"help"`
	Labels    []string  `yaml:"labels" json:"labels"`
	Buckets   []float64 `yaml:"buckets,omitempty" json:"buckets,omitempty"`     // upper bounds without +Inf, in Unit
	Synthetic bool      `yaml:"synthetic,omitempty" json:"synthetic,omitempty"` // Prometheus itself makes it, as it does up

	pack *Pack
}

// Metric is a named question to Prometheus.
type Metric struct {
	Name           string      `yaml:"name" json:"name"`
	Title          string      `yaml:"title" json:"title"`
	Description    string      `yaml:"description" json:"description"`
	Tags           []string    `yaml:"tags,omitempty" json:"tags"`
	Unit           string      `yaml:"unit" json:"unit"`                         // Grafana unit id
	Type           string      `yaml:"type" json:"type"`                         // of the result: gauge, counter or histogram
	Window         string      `yaml:"window,omitempty" json:"window,omitempty"` // of instant queries; DefaultWindow where empty
	Query          string      `yaml:"query" json:"query"`                       // PromQL with __PARAMS__, __BY__ and macros
	RequiredParams []string    `yaml:"required_params" json:"required_params"`
	OptionalParams []string    `yaml:"optional_params" json:"optional_params"`
	GroupBy        []string    `yaml:"group_by,omitempty" json:"group_by"` // default of __BY__
	Legend         string      `yaml:"legend,omitempty" json:"legend,omitempty"`
	Thresholds     []Threshold `yaml:"thresholds,omitempty" json:"thresholds,omitempty"`
	Record         string      `yaml:"record,omitempty" json:"record,omitempty"` // name of a recording rule

	catalog   *Catalog
	pack      *Pack
	overrides *Metric
	line      int
	template  template
}

// UnmarshalYAML also fills in defaults, and keeps the line on which the definition
// begins.
func (m *Metric) UnmarshalYAML(node *yaml.Node) error {
	type plain Metric
	m.line, m.Type = node.Line, "gauge"
	m.RequiredParams, m.OptionalParams = []string{}, []string{}
	return node.Decode((*plain)(m))
}

// Reserved are the names that query JSON and the API use beside a metric's
// parameters, so that no parameter can have one of them.
var Reserved = []string{"start", "end", "step", "time", "window", "group_by", "limit", "offset", "search"}

// DefaultWindow takes the place of $__rate_interval in an instant query whose
// metric names none.
const DefaultWindow = "5m"

// DefaultAlertInterval is the time between two evaluations of alerts whose pack
// names none.
const DefaultAlertInterval = "1m"

// Threshold is a value from which on a panel shows a colour.
type Threshold struct {
	Value float64 `yaml:"value" json:"value"`
	Color string  `yaml:"color" json:"color"`
}

// Alert is a condition on one catalog metric, from which alert rules are made.
type Alert struct {
	Name        string    `yaml:"name" json:"name"`
	Metric      string    `yaml:"metric" json:"metric"`
	Params      Params    `yaml:"params,omitempty" json:"params,omitempty"`
	GroupBy     []string  `yaml:"group_by,omitempty" json:"group_by,omitempty"`
	Window      string    `yaml:"window,omitempty" json:"window,omitempty"`
	Condition   string    `yaml:"condition" json:"condition"` // "> 0.05"
	For         string    `yaml:"for" json:"for"`
	Severity    string    `yaml:"severity" json:"severity"` // critical, warning or info
	NoData      string    `yaml:"no_data" json:"no_data"`   // OK, NoData or Alerting
	Summary     string    `yaml:"summary" json:"summary"`
	Description string    `yaml:"description" json:"description"`
	Runbook     string    `yaml:"runbook,omitempty" json:"runbook,omitempty"` // Markdown: what to do first
	Panel       *PanelRef `yaml:"panel,omitempty" json:"panel,omitempty"`
}

// PanelRef points at the panel that shows what an alert is about.
type PanelRef struct {
	Dashboard string `yaml:"dashboard" json:"dashboard"` // uid
	Title     string `yaml:"title" json:"title"`
}

// EvaluatedEvery is the time between two evaluations of the pack's alerts.
func (p *Pack) EvaluatedEvery() time.Duration {
	every, _ := model.ParseDuration(cmp.Or(p.AlertInterval, DefaultAlertInterval)) // loading has checked it
	return time.Duration(every)
}

// IsUser reports whether the pack comes from the data source's settings.
func (p *Pack) IsUser() bool { return p.place == ownPlace }

// Place tells where the definition stands: its source, and the line in it.
func (m *Metric) Place() (place string, line int) { return m.pack.place, m.line }

// Overrides returns the built-in metric that a user's own one of the same name
// stands in for, even if its pack is turned off; nil for any other.
func (m *Metric) Overrides() *Metric { return m.overrides }

// Families returns the families that the metric's query reads, in its order.
func (m *Metric) Families() []*Family {
	selectors, err := m.template.marked()
	if err != nil {
		return nil // loading has refused such a metric
	}
	var families []*Family
	for _, selector := range selectors {
		family := m.catalog.familyOf(m.pack, selector.name())
		if family != nil && !slices.Contains(families, family) {
			families = append(families, family)
		}
	}
	return families
}

// Meaning tells what a label of the metric's families means, in the words of the
// pack or else of the pack that declares the family; "" where neither says.
func (m *Metric) Meaning(label string) string {
	if meaning := m.pack.Labels[label]; meaning != "" {
		return meaning
	}
	for _, family := range m.Families() {
		if meaning := family.pack.Labels[label]; family.has(label) && meaning != "" {
			return meaning
		}
	}
	return ""
}

// Preview renders the metric with its default grouping and an example value for
// each required parameter, its macros as written.
func (m *Metric) Preview() (string, error) {
	params := Params{}
	for _, name := range m.RequiredParams {
		params[name] = Param{Values: []string{"<" + name + ">"}}
	}
	return m.Render(params, nil)
}

// Pack returns the pack that defines the metric.
func (m *Metric) Pack() *Pack { return m.pack }

// Groupable reports whether a query may choose the metric's grouping.
func (m *Metric) Groupable() bool { return m.template.takesGroup() }

// Windowed reports whether the query has a macro whose place a window takes.
func (m *Metric) Windowed() bool {
	short := promql.Macros{Interval: time.Minute, RateInterval: time.Minute, Range: time.Minute}
	long := promql.Macros{Interval: time.Hour, RateInterval: time.Hour, Range: time.Hour}
	return short.ExpandCode(m.Query) != long.ExpandCode(m.Query)
}

// InstantWindow is the window of an instant query that names none.
func (m *Metric) InstantWindow() string { return cmp.Or(m.Window, DefaultWindow) }

// Counters returns the names of the counters that the query reads. It parses the
// query: ask only where the answer is needed.
func (m *Metric) Counters() []string {
	var names []string
	for _, family := range m.Families() {
		if family.Type == "counter" {
			names = append(names, family.Name)
		}
	}
	return names
}

// Params returns the parameters that the metric takes, required ones first, in
// the definition's order.
func (m *Metric) Params() []string {
	names := make([]string, 0, len(m.RequiredParams)+len(m.OptionalParams))
	return append(append(names, m.RequiredParams...), m.OptionalParams...)
}
