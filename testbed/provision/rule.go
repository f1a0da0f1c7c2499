package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// RuleGroup is a group of alert rules that are evaluated together.
type RuleGroup struct {
	File     string        `yaml:"-"`
	OrgID    int64         `yaml:"orgId"`
	Name     string        `yaml:"name"`
	Folder   string        `yaml:"folder"`
	Interval time.Duration `yaml:"-"`
	Rules    []Rule        `yaml:"rules"`

	RawInterval string `yaml:"interval"`
}

// Rule is one alert rule.
type Rule struct {
	UID          string            `yaml:"uid"`
	Title        string            `yaml:"title"`
	Condition    string            `yaml:"condition"`
	Data         []Node            `yaml:"data"`
	For          time.Duration     `yaml:"-"`
	NoDataState  string            `yaml:"noDataState"`
	ExecErrState string            `yaml:"execErrState"`
	DashboardUID string            `yaml:"dashboardUid"`
	PanelID      int               `yaml:"panelId"`
	Annotations  map[string]string `yaml:"annotations"`
	Labels       map[string]string `yaml:"labels"`
	IsPaused     bool              `yaml:"isPaused"`

	RawFor string `yaml:"for"`
}

// Node is one step of a rule: a data source query, or an expression over
// earlier steps.
type Node struct {
	RefID         string        `yaml:"refId"`
	QueryType     string        `yaml:"queryType"`
	DataSourceUID string        `yaml:"datasourceUid"`
	Range         RelativeRange `yaml:"relativeTimeRange"`
	Model         Model         `yaml:"model"`
}

// RelativeRange reaches from From to To seconds before the evaluation.
type RelativeRange struct {
	From int64 `yaml:"from"`
	To   int64 `yaml:"to"`
}

// Model is a query or an expression as JSON, never interpolated.
type Model json.RawMessage

// UnmarshalYAML takes any mapping.
func (m *Model) UnmarshalYAML(unmarshal func(any) error) error {
	var tree map[string]any
	if err := unmarshal(&tree); err != nil {
		return err
	}
	body, err := json.Marshal(tree)
	*m = body
	return err
}

// ExpressionUID is the data source uid of an expression step.
const ExpressionUID = "__expr__"

// IsExpression tells an expression from a data source's query. "-100" is the
// uid that older Grafanas wrote.
func (n Node) IsExpression() bool {
	return n.DataSourceUID == ExpressionUID || n.DataSourceUID == "-100"
}

// panel is the dashboard's uid and the panel's id that the rule stands beside;
// without one the uid is empty. Grafana lets the annotations win over the
// fields, and refuses one annotation without the other.
func (r Rule) panel() (uid string, id int, err error) {
	uid, hasUID := r.Annotations["__dashboardUid__"]
	panel, hasPanel := r.Annotations["__panelId__"]
	if hasUID != hasPanel {
		return "", 0, errors.New("annotations: __dashboardUid__ and __panelId__ go together")
	}
	if !hasUID {
		return r.DashboardUID, r.PanelID, nil
	}
	id, err = strconv.Atoi(panel)
	if err != nil {
		return "", 0, fmt.Errorf("annotations: __panelId__: %q is not a number", panel)
	}
	if r.DashboardUID != "" && (r.DashboardUID != uid || r.PanelID != id) {
		return "", 0, errors.New("dashboardUid, panelId: they differ from the annotations __dashboardUid__, __panelId__")
	}
	return uid, id, nil
}

type alertingFile struct {
	APIVersion  int         `yaml:"apiVersion"`
	Groups      []RuleGroup `yaml:"groups"`
	DeleteRules []struct {
		OrgID int64  `yaml:"orgId"`
		UID   string `yaml:"uid"`
	} `yaml:"deleteRules"`
}

func readGroups(dir string, env Env) ([]RuleGroup, error) {
	files, err := yamlFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []RuleGroup
	var errs []error
	for _, file := range files {
		var content alertingFile
		if err := decodeStrict(file, &content); err != nil {
			errs = append(errs, err)
			continue
		}
		e := &expander{file: file, env: env}
		for i := range content.Groups {
			g := &content.Groups[i]
			g.File = file
			g.expand(e)
			errs = append(errs, g.parseDurations())
		}
		errs = append(errs, checkAPIVersion(file, content.APIVersion), e.err())
		all = append(all, content.Groups...)
	}
	return all, errors.Join(errs...)
}

// expand fills what Grafana fills in a rule: its names, durations, states and
// labels; annotations and models stay as written.
func (g *RuleGroup) expand(e *expander) {
	e.text("group name", &g.Name)
	e.text("group folder", &g.Folder)
	e.text("group interval", &g.RawInterval)
	for i := range g.Rules {
		r := &g.Rules[i]
		key := fmt.Sprintf("rule %q: ", r.Title)
		e.text(key+"uid", &r.UID)
		e.text(key+"title", &r.Title)
		e.text(key+"condition", &r.Condition)
		e.text(key+"for", &r.RawFor)
		e.text(key+"noDataState", &r.NoDataState)
		e.text(key+"execErrState", &r.ExecErrState)
		e.text(key+"dashboardUid", &r.DashboardUID)
		for name, value := range r.Labels {
			e.text(key+"labels."+name, &value)
			r.Labels[name] = value
		}
		for j := range r.Data {
			e.text(key+"data.refId", &r.Data[j].RefID)
			e.text(key+"data.datasourceUid", &r.Data[j].DataSourceUID)
		}
	}
}

// parseDurations reads `interval` and `for` in Prometheus's form (1m, 2h30m).
func (g *RuleGroup) parseDurations() error {
	interval, err := model.ParseDuration(g.RawInterval)
	if err != nil {
		return fmt.Errorf("%s: group %q: interval: %w", g.File, g.Name, err)
	}
	g.Interval = time.Duration(interval)
	var errs []error
	for i := range g.Rules {
		r := &g.Rules[i]
		wait, err := model.ParseDuration(r.RawFor)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %q: for: %w", g.File, r.Title, err))
		}
		r.For = time.Duration(wait)
	}
	return errors.Join(errs...)
}
