package access

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

//go:embed access.schema.json
var schemaText []byte

// Schema returns the JSON Schema (draft 2020-12) of the access text. Text editors can
// use it to complete and explain the keys.
func Schema() []byte { return bytes.Clone(schemaText) }

// format is the format of the access text. None of the keys of a rule is essential: if a key
// is invalid, Decode removes the key and keeps the rule. The indexes of the rules don't
// change.
var format = packfile.NewFormat("access document", schemaText, map[string][]string{"rules": {}, "policy": {}})

// document is the decoded access text.
type document struct {
	Rules  []ruleText `yaml:"rules"`
	Policy policyText `yaml:"policy"`
	Audit  string     `yaml:"audit"`
}

type ruleText struct {
	Name         string     `yaml:"name"`
	When         whenText   `yaml:"when"`
	Matchers     []string   `yaml:"matchers"`
	Unrestricted bool       `yaml:"unrestricted"`
	Deny         bool       `yaml:"deny"`
	Policy       policyText `yaml:"policy"`
}

type whenText struct {
	Org   list[int64]  `yaml:"org"`
	Role  list[string] `yaml:"role"`
	User  list[string] `yaml:"user"`
	Alert bool         `yaml:"alert"`
}

// list is a list, or a single value.
type list[T any] []T

// UnmarshalYAML decodes a list or a single value.
func (l *list[T]) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Decode((*[]T)(l))
	}
	var value T
	err := node.Decode(&value)
	*l = list[T]{value}
	return err
}

// source is the packfile.Source.Name of the access text.
const source = "the access rules"

// Load is like Parse, but returns neither rules nor problems if text is nil.
func Load(text *string) (*Rules, Problems) {
	if text == nil {
		return nil, nil
	}
	return Parse(*text)
}

// empty is the problem of a text with neither rules nor a policy, such as a blank text.
const empty = "The text has neither rules nor a policy. Write the key rules or policy. If the data source needs neither, remove the key access from jsonData."

// Parse parses the access text of a data source's settings. It returns the rules or, if the text
// is invalid, its problems: at most packfile.MaxProblems, followed by the number of further ones.
// Some problems are found only after others have been solved. A blank text is a problem.
func Parse(text string) (*Rules, Problems) {
	if len(text) > MaxTextBytes {
		return nil, Problems{{Text: fmt.Sprintf("The text has %d bytes. The limit is %d KiB. Shorten it.", len(text), MaxTextBytes>>10)}}
	}
	if strings.TrimSpace(text) == "" {
		return nil, Problems{{Text: empty}}
	}
	docs, invalid := packfile.Read(packfile.Source{Name: source, Text: []byte(text), Format: format})
	switch {
	case invalid != nil:
		return nil, problemsOf(packfile.Problems{*invalid})
	case len(docs) == 0:
		return nil, Problems{{Text: empty}}
	case len(docs) > 1:
		return nil, problemsOf(packfile.Problems{docs[1].Problem(nil, "The text has %d YAML documents. Write one, without ---.", len(docs))})
	}
	return parse(docs[0])
}

func parse(doc *packfile.Document) (*Rules, Problems) {
	var d document
	if doc.Decode(&d) && doc.Complete("rules") {
		if len(d.Rules) == 0 && len(d.Policy) == 0 && len(doc.Problems()) == 0 {
			doc.Report(nil, empty)
		}
		rules := newCompiler(doc).compile(d)
		if len(doc.Problems()) == 0 {
			return rules, nil
		}
	}
	doc.SortProblems()
	var all packfile.Report
	all.AddDocument(doc) // it adds the number of omitted problems
	return nil, problemsOf(all.Problems())
}
