package catalog

import (
	"cmp"
	"time"

	"github.com/prometheus/common/model"
)

// Pack is one team's description of one platform: the families that it exports, the
// metrics computed from them, and the alerts and dashboards on these metrics.
type Pack struct {
	Name       string            `yaml:"pack" json:"pack"`
	Title      string            `yaml:"title" json:"title"`
	Owner      string            `yaml:"owner" json:"owner"`
	Labels     map[string]string `yaml:"labels,omitempty" json:"labels,omitempty"` // meanings of labels of the families
	LabelNames []LabelName       `yaml:"label_names,omitempty" json:"label_names,omitempty"`
	Families   []Family          `yaml:"families" json:"families"`
	Metrics    []*Metric         `yaml:"metrics" json:"metrics"`
	Alerts     []Alert           `yaml:"alerts,omitempty" json:"alerts"`
	Dashboards []Dashboard       `yaml:"dashboards,omitempty" json:"dashboards"`

	AlertInterval string `yaml:"alert_interval,omitempty" json:"alert_interval,omitempty"` // between two evaluations; "" is DefaultAlertInterval

	source string // packfile.Source.Name
}

// DefaultAlertInterval is the time between two evaluations of the alerts of a pack
// without an alert_interval.
const DefaultAlertInterval = "1m"

// Alert is a condition on one catalog metric. The program generate creates alert rules from
// it.
type Alert struct {
	Name        string    `yaml:"name" json:"name"`
	Metric      string    `yaml:"metric" json:"metric"`
	Params      Params    `yaml:"params,omitempty" json:"params,omitempty"`
	GroupBy     []string  `yaml:"group_by,omitempty" json:"group_by,omitempty"`
	Window      string    `yaml:"window,omitempty" json:"window,omitempty"`
	Condition   string    `yaml:"condition" json:"condition"` // such as "> 0.05"
	For         string    `yaml:"for" json:"for"`
	KeepFiring  string    `yaml:"keep_firing_for,omitempty" json:"keep_firing_for,omitempty"` // in Prometheus
	Severity    string    `yaml:"severity" json:"severity"`                                   // critical, warning or info
	NoData      string    `yaml:"no_data" json:"no_data"`                                     // OK, NoData, Alerting or KeepLast
	OnError     string    `yaml:"on_error,omitempty" json:"on_error,omitempty"`               // KeepLast, the default, or Alerting
	Summary     string    `yaml:"summary" json:"summary"`
	Description string    `yaml:"description" json:"description"`
	Runbook     string    `yaml:"runbook,omitempty" json:"runbook,omitempty"` // Markdown: what to do first
	Panel       *PanelRef `yaml:"panel,omitempty" json:"panel,omitempty"`
}

// PanelRef refers to the panel that shows an alert's metric.
type PanelRef struct {
	Dashboard string `yaml:"dashboard" json:"dashboard"` // uid
	Title     string `yaml:"title" json:"title"`
}

// EvaluationInterval returns the time between two evaluations of the pack's alerts.
func (p *Pack) EvaluationInterval() time.Duration {
	// The schema checks the format. The result is 0 if the duration is too long for Prometheus,
	// which packcheck reports.
	interval, _ := model.ParseDuration(cmp.Or(p.AlertInterval, DefaultAlertInterval))
	return time.Duration(interval)
}

// IsUser reports whether the pack comes from the data source's settings.
func (p *Pack) IsUser() bool { return p.source == userSource }
