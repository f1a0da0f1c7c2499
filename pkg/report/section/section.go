// Package section describes the fields of the endpoint report (docs/report.md): the kind,
// the unit and the title of each. A section is a field that a panel can show, named by its
// dotted path, such as costs.breakdown. Fields below the path costs are from the cost answer.
// report uses the package to plan requests, reportframes to make frames, and rest to list
// the sections in the editor.
package section

import (
	"slices"
	"strings"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Kind is the form of a field.
type Kind string

// The kinds.
const (
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Text    Kind = "text"
	Time    Kind = "time"
	Texts   Kind = "texts"  // a list of texts
	Points  Kind = "points" // a list of objects at times
	Rows    Kind = "rows"   // a list of objects
	Groups  Kind = "groups" // an object of Rows with the same columns
	Parts   Kind = "parts"  // an object of objects that have the same numbers
	Object  Kind = "object"
)

// Unit is the id of the Grafana unit of a number.
type Unit string

// The units. Grafana has none for money per time.
const (
	None        Unit = ""
	Count       Unit = "short"
	Percent     Unit = "percent" // the whole is 100
	Share       Unit = "percentunit"
	Seconds     Unit = "s"
	Hours       Unit = "h"
	PerSecond   Unit = "suffix:/s"
	Bytes       Unit = "decbytes"
	USD         Unit = "currencyUSD"
	USDPerHour  Unit = "currencyUSD"
	USDPerDay   Unit = "currencyUSD"
	Celsius     Unit = "celsius"
	TFLOPS      Unit = "tflops"
	GBPerSecond Unit = "GBs"
)

// Field is a field of the report.
type Field struct {
	Path  string // without brackets: performance.latency.timeSeries.p95 is a field of each point
	Kind  Kind
	Unit  Unit
	Title string
}

// Name returns the last element of the path.
func (f Field) Name() string { return f.Path[strings.LastIndexByte(f.Path, '.')+1:] }

// parent returns the path without its last element, "" for a field at the top.
func (f Field) parent() string { return f.Path[:max(0, strings.LastIndexByte(f.Path, '.'))] }

var byPath = sync.OnceValue(func() map[string]Field {
	fields := make(map[string]Field, len(table))
	for _, f := range table {
		fields[f.Path] = f
	}
	return fields
})

// isSection reports whether a panel can show a field. Times and the columns of Rows aren't
// sections.
func (f Field) isSection() bool { return f.Kind != Time && byPath()[f.parent()].Kind != Rows }

// Table returns all fields.
func Table() []Field { return slices.Clone(table) }

// All returns the sections.
var All = sync.OnceValue(func() []Field {
	return slices.DeleteFunc(slices.Clone(table), func(f Field) bool { return !f.isSection() })
})

// Find returns the section of a path. The error is a fault.BadQuery.
func Find(path string) (Field, error) {
	if f, found := byPath()[path]; found && f.isSection() {
		return f, nil
	}
	if path == "" {
		return Field{}, fault.New(fault.BadQuery, "The report query has no section. Set section to a path such as summary or costs.breakdown.")
	}
	return Field{}, fault.New(fault.BadQuery, "The report has no section %q.%s Use a path such as summary, costs.breakdown or performance.latency.timeSeries.",
		fault.ClipName(path), suggest.DidYouMean(path, paths()))
}

var paths = sync.OnceValue(func() []string {
	var list []string
	for _, f := range All() {
		list = append(list, f.Path)
	}
	return list
})

// Fields returns the fields directly below a field.
func (f Field) Fields() []Field {
	var list []Field
	for _, field := range table {
		if field.parent() == f.Path {
			list = append(list, field)
		}
	}
	return list
}

// Values returns all fields below an object that have a single value, at any depth. It omits
// lists and their fields.
func (f Field) Values() []Field {
	var list []Field
	for _, field := range f.Fields() {
		switch field.Kind {
		case Number, Boolean, Text, Time:
			list = append(list, field)
		case Object, Parts:
			list = append(list, field.Values()...)
		}
	}
	return list
}

// Names of the columns that tables have in addition to the fields of the report.
const (
	EndpointColumn = "endpoint_id"
	CategoryColumn = "category" // in a table of the kind Parts
	GroupColumn    = "section"  // in a table of the kind Groups
)

// Column is a column of the table that panels show for a section.
type Column struct {
	Name  string `json:"name"` // of the frame's field
	Title string `json:"title"`
}

// Columns returns the columns of the table that panels show for a section. It returns nil for
// sections that don't become tables, such as numbers and points.
func (f Field) Columns() []Column {
	columns := []Column{{EndpointColumn, "Endpoint"}}
	add := func(fields []Field, only ...Kind) {
		for _, field := range fields {
			if len(only) == 0 || slices.Contains(only, field.Kind) {
				columns = append(columns, Column{field.Name(), field.Title})
			}
		}
	}
	switch f.Kind {
	case Texts, Text:
		add([]Field{f})
	case Rows:
		add(f.Fields())
	case Groups:
		columns = append(columns, Column{GroupColumn, "Section"})
		add(f.Fields()[0].Fields())
	case Parts:
		columns = append(columns, Column{CategoryColumn, "Category"})
		add(f.Fields()[0].Fields(), Number)
	case Object:
		for _, value := range f.Values() {
			columns = append(columns, Column{value.Path[len(f.Path)+1:], value.Title})
		}
	default:
		return nil
	}
	return columns
}

// Points returns the list of points to which the field belongs. It returns false if the
// field doesn't belong to points.
func (f Field) Points() (Field, bool) {
	parent := byPath()[f.parent()]
	return parent, parent.Kind == Points
}

// IsCost reports whether the field is costs or a field below it. These fields are those of the
// cost answer (docs/report.md#cost-answer).
func (f Field) IsCost() bool { return f.Contains("costs") || strings.HasPrefix(f.Path, "costs.") }

// Contains reports whether the field is at a path or above it.
func (f Field) Contains(path string) bool {
	return path == f.Path || strings.HasPrefix(path, f.Path+".")
}

// needs maps the path of a section to the values of the parameter metrics that the section
// needs. A section whose path isn't a key needs the values of the nearest path above. The
// section summary needs no values, because every comprehensive answer contains it.
var needs = map[string][]string{
	"summary":                nil,
	"performance":            {"performance"},
	"performance.errorRates": {"errors"},
	"usage":                  {"usage"},
	"costs":                  {"costs"},
	"resources":              {"resources"},
	"coldStarts":             {"performance"},
	"insights":               {"performance", "usage", "costs"},
	"insights.performance":   {"performance"},
	"insights.usage":         {"usage"},
	"insights.costs":         {"costs"},
}

// Metrics returns the values of the parameter metrics that the field needs.
func (f Field) Metrics() []string {
	for path := f.Path; ; path = (Field{Path: path}).parent() {
		if list, known := needs[path]; known || path == "" {
			return list
		}
	}
}
