package main

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// An alert's description is a template, in Grafana's words: $labels.NAME, and
// $values.A.Value for what the rule's query A answers.
const (
	grafanaValue    = "$values.A.Value"
	prometheusValue = "$value" // in Grafana a text of all values
)

// functions are those that Grafana and Prometheus both document for alert
// templates, with the same meaning, and some of text/template's own.
var functions = []string{
	"humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp",
	"match", "reReplaceAll", "title", "toLower", "toUpper",
	"and", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "printf",
}

// forPrometheus is the template of an annotation as Prometheus's rules have it.
// What only one of the two could fill in is an error.
func forPrometheus(text string) (string, error) {
	const declared = "{{ $labels := 0 }}{{ $values := 0 }}{{ $value := 0 }}" // by both, before the text
	tree := parse.New("description")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(declared+text, "", "", map[string]*parse.Tree{}); err != nil {
		return "", fmt.Errorf("the description is no template: %w", err)
	}
	for _, node := range tree.Root.Nodes[strings.Count(declared, "{{"):] {
		if err := shared(node); err != nil {
			return "", err
		}
	}
	return strings.ReplaceAll(text, grafanaValue, prometheusValue), nil
}

// forGrafana is the template of an annotation as Grafana's rules have it, with the
// text that takes its place where there is no value. Grafana fills annotations in
// without data, too, whatever the rule's state for that is: a function of the value
// would fail, the template be shown as it is, and Grafana's log say so each time.
func forGrafana(text, withoutValue string) string {
	return "{{ if $values.A }}" + text + "{{ else }}" + withoutValue + "{{ end }}"
}

// shared finds what Grafana and Prometheus don't have in common.
func shared(node parse.Node) error {
	switch n := node.(type) {
	case *parse.TextNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
		return nil
	case *parse.VariableNode:
		if text := n.String(); text == grafanaValue || n.Ident[0] == "$labels" && len(n.Ident) == 2 {
			return nil
		}
		return fmt.Errorf("the description has %s: there are $labels.NAME and %s", n, grafanaValue)
	case *parse.IdentifierNode:
		if slices.Contains(functions, n.Ident) {
			return nil
		}
		return fmt.Errorf("the description has the function %s, which Grafana and Prometheus don't share: there are %s", n, strings.Join(functions, ", "))
	case *parse.ActionNode:
		return shared(n.Pipe)
	case *parse.CommandNode:
		return allShared(n.Args)
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			break
		}
		return allShared(n.Cmds)
	case *parse.IfNode:
		if n.ElseList == nil {
			return allShared([]parse.Node{n.Pipe, n.List})
		}
		return allShared([]parse.Node{n.Pipe, n.List, n.ElseList})
	case *parse.ListNode:
		return allShared(n.Nodes)
	}
	return fmt.Errorf("the description has %s: it takes values, functions and if", node)
}

func allShared[N parse.Node](nodes []N) error {
	for _, node := range nodes {
		if err := shared(node); err != nil {
			return err
		}
	}
	return nil
}
