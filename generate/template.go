package main

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// An alert's description is a template in Grafana's syntax. It uses $labels.NAME, and
// $values.A.Value for the result of the rule's query A.
const (
	grafanaValue    = "$values.A.Value"
	prometheusValue = "$value" // in Grafana, a text with all values
)

// functions are the functions that a description may use: those that Grafana and Prometheus
// document with the same meaning for alert templates, and some of text/template.
var functions = []string{
	"humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp",
	"match", "reReplaceAll", "title", "toLower", "toUpper",
	"and", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "printf",
}

// forPrometheus translates the template of an annotation for Prometheus. A template that
// only one of Grafana and Prometheus supports is an error.
func forPrometheus(text string) (string, error) {
	const declared = "{{ $labels := 0 }}{{ $values := 0 }}{{ $value := 0 }}" // Grafana declares these before the text
	tree := parse.New("description")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(declared+text, "", "", map[string]*parse.Tree{}); err != nil {
		return "", fmt.Errorf("the description is not a valid template: %w", err)
	}
	for _, node := range tree.Root.Nodes[strings.Count(declared, "{{"):] {
		if err := checkShared(node); err != nil {
			return "", err
		}
	}
	return strings.ReplaceAll(text, grafanaValue, prometheusValue), nil
}

// forGrafana returns the template of an annotation for Grafana. It executes one of the given
// templates: withoutValue if the query has no value, and text otherwise. Without a value, a
// function such as humanize in text would fail, because its argument is missing. Grafana
// would then show the template as it is, and log an error at each evaluation.
func forGrafana(text, withoutValue string) string {
	return "{{ if $values.A }}" + text + "{{ else }}" + withoutValue + "{{ end }}"
}

// ifMet returns the template of an annotation of a rule that fires without data. Grafana
// executes the template at evaluations with data only: if the data ends, the rule fires with the
// last text. Therefore, text is executed only if the condition is met, and otherwise is used
// instead. The text of otherwise must be correct both without data and after the alert's end.
func ifMet(text, otherwise string) string {
	return "{{ if eq $values." + thresholdID + ".Value 1.0 }}" + text + "{{ else }}" + otherwise + "{{ end }}"
}

// checkShared returns an error if a node isn't supported by both Grafana and Prometheus.
func checkShared(node parse.Node) error {
	switch n := node.(type) {
	case *parse.TextNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
		return nil
	case *parse.VariableNode:
		if text := n.String(); text == grafanaValue || n.Ident[0] == "$labels" && len(n.Ident) == 2 {
			return nil
		}
		return fmt.Errorf("the description has %s: use $labels.NAME or %s", n, grafanaValue)
	case *parse.IdentifierNode:
		if slices.Contains(functions, n.Ident) {
			return nil
		}
		return fmt.Errorf("the description has the function %s, which Grafana and Prometheus don't share: use one of %s", n, strings.Join(functions, ", "))
	case *parse.ActionNode:
		return checkShared(n.Pipe)
	case *parse.CommandNode:
		return checkAllShared(n.Args)
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			break
		}
		return checkAllShared(n.Cmds)
	case *parse.IfNode:
		if n.ElseList == nil {
			return checkAllShared([]parse.Node{n.Pipe, n.List})
		}
		return checkAllShared([]parse.Node{n.Pipe, n.List, n.ElseList})
	case *parse.ListNode:
		return checkAllShared(n.Nodes)
	}
	return fmt.Errorf("the description has %s: use values, functions and if only", node)
}

func checkAllShared[N parse.Node](nodes []N) error {
	for _, node := range nodes {
		if err := checkShared(node); err != nil {
			return err
		}
	}
	return nil
}
