// Package packfile reads packs from YAML text, which contains one document for each pack.
// It checks the structure of the documents against the JSON Schema of packs, and reports
// problems with their lines. It decodes the valid parts of a document, so that packages
// catalog and packcheck can check their meaning and report further problems to the same
// document. Package access uses this package to read access rules, which have a schema of
// their own. This package doesn't parse PromQL.
package packfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Source is a YAML text that contains packs, or documents of another format.
type Source struct {
	Name   string // for messages, such as "packs/tango.yaml"
	Text   []byte
	Format *Format // of each document; nil for packs
}

// Document is one YAML document of a source, such as a pack. It can be invalid.
type Document struct {
	source  string
	format  *Format
	node    *yaml.Node // of kind DocumentNode
	value   any        // node as a JSON value, for the schema
	names   []string   // of the metrics
	unnamed *Problem   // the reason why names may be incomplete; nil if names is complete
	report  Report

	excluded    [][]any // paths of the values that later checks can't use
	excludesAll bool
}

// Read returns the documents of a source, except empty documents. If the text is invalid,
// Read returns the documents before the fault, and the fault.
func Read(source Source) (docs []*Document, invalid *Problem) {
	fail := func(line int, format string, args ...any) *Problem {
		return &Problem{Line: line, Text: fmt.Sprintf(format, args...), Source: source.Name}
	}
	if len(source.Text) > maxTextBytes {
		return nil, fail(0, "The text is longer than %d MiB. Make it shorter.", maxTextBytes>>20)
	}
	format := cmp.Or(source.Format, packs)
	text := &lineReader{rest: source.Text}
	decoder := yaml.NewDecoder(text)
	budget := maxNodes
	for {
		node := &yaml.Node{}
		err := decoder.Decode(node)
		switch {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			line, message := syntaxError(err, text.lines, source.Text)
			return docs, fail(line, "Invalid YAML: %s.", message)
		case len(docs) == maxDocuments:
			return docs, fail(node.Line, "The text has more than %d %ss.", maxDocuments, format.noun)
		}
		doc := &Document{source: source.Name, format: format, node: node}
		reader := valueReader{doc: doc, budget: budget}
		doc.value = reader.read(node.Content[0], nil)
		budget = reader.budget
		if budget <= 0 {
			return docs, fail(node.Line, "The %s is too large: it has more than %d values, the contents of aliases included.", format.noun, maxNodes)
		}
		if doc.value != nil || len(doc.report.problems) > 0 {
			doc.findNames()
			docs = append(docs, doc)
		}
	}
}

// Source returns the name of the document's source.
func (d *Document) Source() string { return d.source }

// MetricNames returns the names of the document's metrics, including names that the schema
// doesn't allow. It omits metrics whose name isn't a string or is empty.
func (d *Document) MetricNames() []string { return d.names }

// Unnamed returns the reason why MetricNames may be incomplete, or nil if it is complete.
func (d *Document) Unnamed() *Problem { return d.unnamed }

// Problems returns the reported problems, at most MaxProblems.
func (d *Document) Problems() Problems { return d.report.problems }

// SortProblems sorts the problems by line.
func (d *Document) SortProblems() {
	slices.SortStableFunc(d.report.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
}

// HasProblemOf reports whether a problem of the metric, alert, dashboard or family with the
// given name has been reported.
func (d *Document) HasProblemOf(name string) bool {
	return slices.ContainsFunc(d.report.problems, func(p Problem) bool { return p.Metric == fault.ClipName(name) })
}

// findNames sets names and unnamed. Decode removes excluded elements. findNames must run
// before that, so that the indexes of metrics are those in the text.
func (d *Document) findNames() {
	unclear := func(path []any, format string, args ...any) {
		if d.unnamed == nil {
			problem := d.Problem(path, format, args...)
			d.unnamed = &problem
		}
	}
	pack, isPack := d.value.(map[string]any)
	metrics, given := pack["metrics"]
	list, isList := metrics.([]any)
	switch {
	case !isPack:
		unclear(nil, "A pack must be keys with values.")
	case given && !isList:
		unclear([]any{"metrics"}, "metrics must be a list.")
	case !given:
		// The pack defines no metrics, unless the key is misspelt.
		for _, key := range slices.Sorted(maps.Keys(pack)) {
			if nearest := suggest.Nearest(key, []string{"metrics"}); len(nearest) > 0 {
				unclear([]any{key}, "Unknown key %s. Did you mean metrics?", fault.ClipName(key))
			}
		}
	}
	for i, element := range list {
		metric, _ := element.(map[string]any)
		name, _ := metric["name"].(string)
		if name == "" {
			unclear([]any{"metrics", i}, "The metric has no valid name.")
			continue
		}
		d.names = append(d.names, name)
	}
}
