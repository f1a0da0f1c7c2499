// Package rules models Grafana's alert rule files, provisioning/alerting/*.yaml. It contains
// only the keys that the project uses. Every Grafana from 10.4 on understands these keys. The
// command generate writes the files with this package; testbed/provision and the tests read
// them. Grafana ignores a misspelled key and uses a default. Read, however, returns an error
// for an unknown key.
package rules

import (
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// ExprUID is both the uid and the type of the data source of Grafana's expressions.
const ExprUID = "__expr__"

// legacyExprUID takes the place of ExprUID in rules that older versions of Grafana wrote.
const legacyExprUID = "-100"

// File is one provisioning file.
type File struct {
	APIVersion int     `yaml:"apiVersion"`
	Groups     []Group `yaml:"groups"`
}

// Group is a list of rules that are evaluated together.
type Group struct {
	OrgID    int64  `yaml:"orgId"`
	Name     string `yaml:"name"`
	Folder   string `yaml:"folder"`   // title; Grafana creates a missing folder
	Interval string `yaml:"interval"` // a multiple of 10s
	Rules    []Rule `yaml:"rules"`
}

// Rule is one alert rule. Grafana expands $NAME in all texts except annotations
// and models.
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
	IsPaused     bool              `yaml:"isPaused,omitempty"`
	Annotations  map[string]string `yaml:"annotations"`
	Labels       map[string]string `yaml:"labels"`
}

// Query is one step of a rule: a query to a data source, or an expression over
// another step.
type Query struct {
	RefID             string            `yaml:"refId"`
	RelativeTimeRange RelativeTimeRange `yaml:"relativeTimeRange"`
	DatasourceUID     string            `yaml:"datasourceUid"`
	Model             Model             `yaml:"model"`
}

// IsExpression reports whether the step is an expression.
func (q Query) IsExpression() bool {
	return q.DatasourceUID == ExprUID || q.DatasourceUID == legacyExprUID
}

// RelativeTimeRange is a time range in seconds before the evaluation.
type RelativeTimeRange struct {
	From int64 `yaml:"from"`
	To   int64 `yaml:"to"`
}

// Datasource identifies a data source.
type Datasource struct {
	Type string `yaml:"type" json:"type"`
	UID  string `yaml:"uid" json:"uid"`
}

// Model is the JSON of a catalog query, of a report query or of a threshold.
type Model struct {
	RefID      string     `yaml:"refId" json:"refId"`
	Datasource Datasource `yaml:"datasource" json:"datasource"`

	// Fields of a catalog query. A report query has some of them, too.
	QueryType     string         `yaml:"queryType,omitempty" json:"queryType,omitempty"`
	Metric        string         `yaml:"metric,omitempty" json:"metric,omitempty"`
	Params        catalog.Params `yaml:"params,omitempty" json:"params,omitempty"`
	GroupBy       Grouping       `yaml:"groupBy,omitempty,flow" json:"groupBy,omitzero"`
	DisplayNames  string         `yaml:"displayNames,omitempty" json:"displayNames,omitempty"`
	Window        string         `yaml:"window,omitempty" json:"window,omitempty"`
	Instant       bool           `yaml:"instant,omitempty" json:"instant,omitempty"`
	IntervalMs    int64          `yaml:"intervalMs,omitempty" json:"intervalMs,omitempty"`
	MaxDataPoints int64          `yaml:"maxDataPoints,omitempty" json:"maxDataPoints,omitempty"`

	// Fields of a report query.
	EndpointIDs []string `yaml:"endpointIds,omitempty,flow" json:"endpointIds,omitempty"`
	Section     string   `yaml:"section,omitempty" json:"section,omitempty"`
	Timeframe   string   `yaml:"timeframe,omitempty" json:"timeframe,omitempty"`

	// Fields of a threshold.
	Type       string      `yaml:"type,omitempty" json:"type,omitempty"`
	Expression string      `yaml:"expression,omitempty" json:"expression,omitempty"` // refId
	Conditions []Condition `yaml:"conditions,omitempty" json:"conditions,omitempty"` // exactly one
}

// Grouping lists the labels to group by. A nil Grouping selects the metric's
// default; an empty one groups by nothing.
type Grouping []string

// IsZero makes the YAML and JSON encoders omit a nil Grouping and write an empty
// one.
func (g Grouping) IsZero() bool { return g == nil }

// Condition is a threshold's comparison.
type Condition struct {
	Evaluator Evaluator `yaml:"evaluator" json:"evaluator"`
}

// Evaluator compares a value with its parameters. Grafana 10.4 supports gt, lt,
// within_range and outside_range.
type Evaluator struct {
	Type   string    `yaml:"type" json:"type"`
	Params []float64 `yaml:"params,flow" json:"params"`
}

// Read decodes a file. An unknown key is an error.
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
