package main

import (
	"bytes"
	"fmt"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// ruleFile is a rule file of Prometheus, with the keys that generate writes. Prometheus's
// own model/rulefmt would add Prometheus's storage and the Kubernetes client to the
// plugin's dependencies.
type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
}

type ruleGroup struct {
	Name     string         `yaml:"name"`
	Interval model.Duration `yaml:"interval"`
	Rules    []rule         `yaml:"rules"`
}

// rule is a recording rule or an alert.
type rule struct {
	Record        string            `yaml:"record,omitempty"`
	Alert         string            `yaml:"alert,omitempty"`
	Expr          string            `yaml:"expr"`
	For           string            `yaml:"for,omitempty"`
	KeepFiringFor string            `yaml:"keep_firing_for,omitempty"`
	Labels        map[string]string `yaml:"labels,omitempty"`
	Annotations   map[string]string `yaml:"annotations,omitempty"`
}

// writeRules returns the rule file of one group, generated from a source.
func writeRules(group ruleGroup, source string) ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "# %s\n", generated(source))
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(ruleFile{[]ruleGroup{group}}); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}
