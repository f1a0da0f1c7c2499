package access

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// policyText is a decoded policy: its settings by their keys.
type policyText map[string]verdictText

// verdictText is a verdict, or a limit with a verdict.
type verdictText struct {
	Max     any    `yaml:"max"` // a duration or a number; nil if there is no limit
	Verdict string `yaml:"verdict"`
}

// UnmarshalYAML decodes a verdict, or a limit with a verdict.
func (v *verdictText) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&v.Verdict)
	}
	type plain verdictText
	v.Verdict = "block"
	return node.Decode((*plain)(v))
}

// policyKey is a key of a policy. The function verdict returns a pointer to the key's verdict
// in a Policy. The function limit returns a pointer to the key's limit, a *time.Duration or an
// *int. For a key without a limit, limit is nil.
type policyKey struct {
	name    string
	verdict func(*Policy) *Verdict
	limit   func(*Policy) any
}

// policyKeys are the keys of a policy in the order in which they are documented.
var policyKeys = []policyKey{
	{"promql", func(p *Policy) *Verdict { return &p.PromQL }, nil},
	{"range", func(p *Policy) *Verdict { return &p.Range }, func(p *Policy) any { return &p.MaxRange }},
	{"points", func(p *Policy) *Verdict { return &p.Points }, func(p *Policy) any { return &p.MaxPoints }},
	{"selectors_without_metric", func(p *Policy) *Verdict { return &p.SelectorsWithout }, nil},
	{"regexps_matching_everything", func(p *Policy) *Verdict { return &p.MatchEverything }, nil},
	{"series", func(p *Policy) *Verdict { return &p.Series }, func(p *Policy) any { return &p.MaxSeries }},
}

// verdictNames are the names of the verdicts in the settings.
var verdictNames = [...]string{Off: "off", Observe: "observe", Block: "block"}

func (v Verdict) String() string { return verdictNames[v] }

// policy returns a copy of base in which the settings in text replace those of base. path is
// the position of text in the document.
func (c *compiler) policy(path []any, base Policy, text policyText) Policy {
	for _, key := range policyKeys {
		value, given := text[key.name]
		if !given {
			continue
		}
		*key.verdict(&base) = Verdict(max(slices.Index(verdictNames[:], value.Verdict), 0)) //nolint:gosec // G115: an index of verdictNames, which the schema checks
		if key.limit == nil || value.Max == nil {
			continue
		}
		if err := setLimit(key.limit(&base), value.Max); err != nil {
			c.doc.Report(append(slices.Clone(path), key.name, "max"), "%v", err)
		}
	}
	return base
}

// setLimit sets a limit to a value that the schema allows.
func setLimit(limit, value any) error {
	switch field := limit.(type) {
	case *time.Duration:
		text, _ := value.(string)
		d, err := model.ParseDuration(text)
		if err != nil || d <= 0 {
			return fault.New(fault.Misconfigured, "%q is not a duration of more than 0. Write a number with a unit, such as 12h or 30d.", text)
		}
		*field = time.Duration(d)
	case *int:
		switch value := value.(type) {
		case int:
			*field = value
		case float64: // such as 5e3
			*field = int(value)
		}
	}
	return nil
}

// Setting is a setting of a policy.
type Setting struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Max     string `json:"max,omitempty"` // the limit; "" if there is none or the verdict is off
}

// Settings returns all settings of the policy in the order in which they are documented.
func (p Policy) Settings() []Setting {
	all := make([]Setting, len(policyKeys))
	for i, key := range policyKeys {
		all[i] = Setting{Name: key.name, Verdict: key.verdict(&p).String()}
		if key.limit == nil || *key.verdict(&p) == Off {
			continue
		}
		switch field := key.limit(&p).(type) {
		case *time.Duration:
			all[i].Max = model.Duration(*field).String()
		case *int:
			all[i].Max = fmt.Sprint(*field)
		}
	}
	return all
}
