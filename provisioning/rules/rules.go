// Package rules is the form in which Grafana reads alert rules from
// provisioning/alerting/*.yaml, as far as the project uses it: the keys that
// every Grafana from 10.4 on understands. generate writes the files, and what
// runs or tests them reads them. Grafana itself skips keys that it doesn't know;
// Read refuses them, because a misspelt one would silently mean a default.
package rules

import (
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// ExprUID is the data source uid, and type, of Grafana's own expressions.
const ExprUID = "__expr__"

// File is one provisioning file.
type File struct {
	APIVersion int     `yaml:"apiVersion"`
	Groups     []Group `yaml:"groups"`
}

// Group is a list of rules that are evaluated together.
type Group struct {
	OrgID    int64  `yaml:"orgId"`
	Name     string `yaml:"name"`
	Folder   string `yaml:"folder"`   // by title; Grafana makes it where it isn't there
	Interval string `yaml:"interval"` // a multiple of 10s
	Rules    []Rule `yaml:"rules"`
}

// Rule is one alert rule. Grafana expands $NAME in every text but annotations
// and models, where templates and macros stand as they are.
type Rule struct {
	UID          string            `yaml:"uid"` // at most 40 of A-Z a-z 0-9 - _
	Title        string            `yaml:"title"`
	Condition    string            `yaml:"condition"` // refId of the query that decides
	Data         []Query           `yaml:"data"`
	NoDataState  string            `yaml:"noDataState"`
	ExecErrState string            `yaml:"execErrState"`
	For          string            `yaml:"for"`
	DashboardUID string            `yaml:"dashboardUid,omitempty"`
	PanelID      int64             `yaml:"panelId,omitempty"`
	Annotations  map[string]string `yaml:"annotations"`
	Labels       map[string]string `yaml:"labels"`
}

// Query is one step of a rule: a query to a data source, or an expression on
// another step.
type Query struct {
	RefID             string            `yaml:"refId"`
	RelativeTimeRange RelativeTimeRange `yaml:"relativeTimeRange"`
	DatasourceUID     string            `yaml:"datasourceUid"`
	Model             Model             `yaml:"model"`
}

// RelativeTimeRange is a time range before the evaluation, in seconds.
type RelativeTimeRange struct {
	From int64 `yaml:"from"`
	To   int64 `yaml:"to"`
}

// Datasource names a data source.
type Datasource struct {
	Type string `yaml:"type"`
	UID  string `yaml:"uid"`
}

// Model is a query's JSON: that of a catalog query, or that of a threshold.
type Model struct {
	RefID      string     `yaml:"refId"`
	Datasource Datasource `yaml:"datasource"`

	// Of a catalog query.
	QueryType     string         `yaml:"queryType,omitempty"`
	Metric        string         `yaml:"metric,omitempty"`
	Params        catalog.Params `yaml:"params,omitempty"`
	GroupBy       Grouping       `yaml:"groupBy,omitempty,flow"`
	Window        string         `yaml:"window,omitempty"`
	Instant       bool           `yaml:"instant,omitempty"`
	IntervalMs    int64          `yaml:"intervalMs,omitempty"`
	MaxDataPoints int64          `yaml:"maxDataPoints,omitempty"`

	// Of a threshold.
	Type       string      `yaml:"type,omitempty"`
	Expression string      `yaml:"expression,omitempty"` // refId
	Conditions []Condition `yaml:"conditions,omitempty"` // exactly one
}

// Grouping lists the labels to group by. None at all leaves the choice to the
// metric; an empty list groups by nothing.
type Grouping []string

// IsZero tells the YAML encoder to leave out a grouping that isn't chosen, and
// to write an empty one.
func (g Grouping) IsZero() bool { return g == nil }

// Condition is a threshold's comparison.
type Condition struct {
	Evaluator Evaluator `yaml:"evaluator"`
}

// Evaluator compares a value with its parameters. Grafana 10.4 knows gt, lt,
// within_range and outside_range.
type Evaluator struct {
	Type   string    `yaml:"type"`
	Params []float64 `yaml:"params,flow"`
}

// Read decodes a file. A key that the types here don't have is an error.
func Read(r io.Reader) (*File, error) {
	decoder := yaml.NewDecoder(r)
	decoder.KnownFields(true)
	var file File
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("alert rules: %w", err)
	}
	return &file, nil
}

// Write encodes a file.
func (f *File) Write(w io.Writer) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(f); err != nil {
		return err
	}
	return encoder.Close()
}
