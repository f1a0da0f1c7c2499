package catalog

import (
	"cmp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Metric is a named PromQL query with parameters.
type Metric struct {
	Name           string      `yaml:"name" json:"name"`
	Title          string      `yaml:"title" json:"title"`
	Description    string      `yaml:"description" json:"description"`
	Tags           []string    `yaml:"tags,omitempty" json:"tags"`
	Unit           string      `yaml:"unit" json:"unit"`                             // Grafana unit id
	Decimals       *uint16     `yaml:"decimals,omitempty" json:"decimals,omitempty"` // nil is Grafana's default
	Type           string      `yaml:"type" json:"type"`                             // of the result: gauge, counter or histogram
	Window         string      `yaml:"window,omitempty" json:"window,omitempty"`     // of instant queries; "" is DefaultWindow
	Query          string      `yaml:"query" json:"query"`                           // PromQL with __PARAMS__, __BY__ and macros
	RequiredParams []string    `yaml:"required_params" json:"required_params"`
	OptionalParams []string    `yaml:"optional_params" json:"optional_params"`
	GroupBy        []string    `yaml:"group_by,omitempty" json:"group_by"` // default of __BY__
	Legend         string      `yaml:"legend,omitempty" json:"legend,omitempty"`
	Thresholds     []Threshold `yaml:"thresholds,omitempty" json:"thresholds,omitempty"`
	// A metric with a red threshold has an alert. If the alert is on another metric, AlertedBy
	// contains its name. If there is none, NotAlerted is the reason.
	AlertedBy  []string `yaml:"alerted_by,omitempty" json:"alerted_by,omitempty"`
	NotAlerted string   `yaml:"not_alerted,omitempty" json:"not_alerted,omitempty"`
	Record     string   `yaml:"record,omitempty" json:"record,omitempty"` // name of a recording rule

	catalog   *Catalog
	pack      *Pack
	overrides *Metric
	line      int
	template  template.Template
}

// Threshold is a value at which a panel's color changes.
type Threshold struct {
	Value float64 `yaml:"value" json:"value"`
	Color string  `yaml:"color" json:"color"`
}

// DefaultWindow is the window of an instant query if neither the query nor the metric has one.
// It replaces $__rate_interval and $__interval. If the time range is empty, it also replaces
// $__range.
const DefaultWindow = "5m"

// Reserved lists the names that query JSON and the API use in addition to a metric's
// parameters. A parameter can't have such a name.
var Reserved = []string{"start", "end", "step", "time", "window", "group_by", "limit", "offset", "search"}

// UnmarshalYAML decodes a metric. It sets the defaults and the line of the definition.
func (m *Metric) UnmarshalYAML(node *yaml.Node) error {
	type plain Metric
	m.line, m.Type = node.Line, "gauge"
	m.RequiredParams, m.OptionalParams = []string{}, []string{}
	return node.Decode((*plain)(m))
}

// Pack returns the pack that defines the metric.
func (m *Metric) Pack() *Pack { return m.pack }

// Position returns the name of the source that defines the metric, and the line in the source.
func (m *Metric) Position() (source string, line int) { return m.pack.source, m.line }

// Overrides returns the built-in metric, of an enabled or disabled pack, that this user
// metric replaces. It returns nil if the metric replaces no other metric.
func (m *Metric) Overrides() *Metric { return m.overrides }

// Params returns the metric's parameters in the order of the definition, required
// parameters first.
func (m *Metric) Params() []string {
	names := make([]string, 0, len(m.RequiredParams)+len(m.OptionalParams))
	return append(append(names, m.RequiredParams...), m.OptionalParams...)
}

// Families returns the families that the metric's query reads, in the query's order.
// It parses the query.
func (m *Metric) Families() []*Family {
	selectors, err := m.template.Selectors()
	if err != nil {
		return nil // only while a pack is checked: the queries of loaded metrics are valid
	}
	var families []*Family
	for _, selector := range selectors {
		family := m.catalog.FamilyOf(m.pack, selector.Name())
		if family != nil && !slices.Contains(families, family) {
			families = append(families, family)
		}
	}
	return families
}

// Counters returns the names of the families of type counter that the query reads. It parses
// the query.
func (m *Metric) Counters() []string {
	var names []string
	for _, family := range m.Families() {
		if family.Type == "counter" {
			names = append(names, family.Name)
		}
	}
	return names
}

// Meaning returns the description of a label of the metric's families, from the metric's
// pack or else from the pack that declares the family. It returns "" if neither pack
// describes the label.
func (m *Metric) Meaning(label string) string {
	if meaning := m.pack.Labels[label]; meaning != "" {
		return meaning
	}
	for _, family := range m.Families() {
		if meaning := family.pack.Labels[label]; family.HasLabel(label) && meaning != "" {
			return meaning
		}
	}
	return ""
}

// Groupable reports whether a query can choose the metric's grouping.
func (m *Metric) Groupable() bool { return m.template.HasGrouping() }

// Windowed reports whether the query contains a macro that a window replaces.
func (m *Metric) Windowed() bool {
	short := promql.Macros{Interval: time.Minute, RateInterval: time.Minute, Range: time.Minute}
	long := promql.Macros{Interval: time.Hour, RateInterval: time.Hour, Range: time.Hour}
	return m.differs(short, long)
}

// differs reports whether the query contains a macro to which a and b give different
// values.
func (m *Metric) differs(a, b promql.Macros) bool {
	return a.ExpandCode(m.Query) != b.ExpandCode(m.Query)
}

// InstantWindow returns the window of an instant query that doesn't set one.
func (m *Metric) InstantWindow() string { return cmp.Or(m.Window, DefaultWindow) }
