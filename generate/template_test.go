package main

import (
	"strings"
	"testing"
)

func TestForPrometheus(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"words":           {"It is $5.", "It is $5."},
		"a label":         {"{{ $labels.model }} fails.", "{{ $labels.model }} fails."},
		"the value":       {"{{ humanize $values.A.Value }} wait.", "{{ humanize $value }} wait."},
		"a pipe":          {"{{ $values.A.Value | humanizePercentage }}", "{{ $value | humanizePercentage }}"},
		"a format":        {`{{ printf "%.1f" $values.A.Value }}`, `{{ printf "%.1f" $value }}`},
		"a condition":     {"{{ if gt $values.A.Value 1.0 }}many{{ else }}one{{ end }}", "{{ if gt $value 1.0 }}many{{ else }}one{{ end }}"},
		"a text function": {`{{ reReplaceAll "-.*" "" $labels.job }}`, `{{ reReplaceAll "-.*" "" $labels.job }}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := forPrometheus(c.text); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestForPrometheusRejectsUnsharedTemplates(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"Grafana's functions":    {"{{ filterLabels $labels.a }}", "the function filterLabels"},
		"Prometheus's functions": {`{{ query "up" }}`, "the function query"},
		"Prometheus's value":     {"{{ $value }}", "$value"},
		"another query's value":  {"{{ $values.B.Value }}", "$values.B.Value"},
		"a value's labels":       {"{{ $values.A.Labels.model }}", "$values.A.Labels.model"},
		"all labels":             {"{{ $labels }}", "$labels"},
		"fields":                 {"{{ .Labels.model }}", ".Labels.model"},
		"a field of fields":      {"{{ (index .Values 0).Value }}", "(index .Values 0)"},
		"variables":              {"{{ $x := $labels.model }}{{ $x }}", "$x"},
		"loops":                  {"{{ range $labels.a }}{{ end }}", "range"},
		"inside a condition":     {"{{ if true }}{{ first 1 }}{{ end }}", "the function first"},
		"behind a condition":     {"{{ if true }}{{ else }}{{ first 1 }}{{ end }}", "the function first"},
		"no template":            {"{{ $labels.model", "is not a valid template"},
		"no such variable":       {"{{ $label.model }}", "is not a valid template"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := forPrometheus(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, %v; want an error with %q", got, err, c.want)
			}
		})
	}
}
