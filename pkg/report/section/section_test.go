package section_test

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// fieldsOf adds the kinds of the fields of type t to a map, by path. t is the type of an
// answer or of a part of it. path is the path of this part, or "" for an answer.
func fieldsOf(t reflect.Type, path string, to map[string]section.Kind) {
	for f := range t.Fields() {
		if f.Anonymous {
			fieldsOf(f.Type, path, to)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := strings.TrimPrefix(path+"."+name, ".")
		switch of := f.Type; {
		case at == "notes":
		case of == reflect.TypeFor[reportjson.Number](), of.Kind() == reflect.Float64:
			to[at] = section.Number
		case of.Kind() == reflect.Bool, of == reflect.TypeFor[*bool]():
			to[at] = section.Boolean
		case of.Kind() == reflect.String && name == "timestamp":
			to[at] = section.Time
		case of.Kind() == reflect.String:
			to[at] = section.Text
		case of == reflect.TypeFor[[]string]():
			to[at] = section.Texts
		case of.Kind() == reflect.Slice:
			to[at] = section.Rows
			if strings.HasSuffix(of.Elem().Name(), "Point") {
				to[at] = section.Points
			}
			fieldsOf(of.Elem(), at, to)
		default:
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			to[at] = section.Object
			fieldsOf(of, at, to)
		}
	}
}

// answers returns the kinds of all fields that panels can use, by path.
func answers() map[string]section.Kind {
	whole, cost := map[string]section.Kind{}, map[string]section.Kind{}
	fieldsOf(reflect.TypeFor[reportjson.Report](), "", whole)
	fieldsOf(reflect.TypeFor[reportjson.CostReport](), "", cost)
	fields := map[string]section.Kind{}
	for path, kind := range whole {
		if path != "costs" && !strings.HasPrefix(path, "costs.") {
			fields[path] = kind
		}
	}
	maps.Copy(fields, cost)
	for _, head := range []string{"endpointId", "timeframe", "granularity", "generatedAt"} {
		delete(fields, head)
	}
	return fields
}

func TestTableHasTheFieldsOfTheAnswers(t *testing.T) {
	want := answers()
	// These objects have a kind of their own. The table omits the fields with a point's time.
	want["costs.breakdown"], want["insights"] = section.Parts, section.Groups
	for path, kind := range answers() {
		if kind == section.Points {
			delete(want, path+".timestamp")
			delete(want, path+".hour")
		}
	}
	for _, f := range section.Table() {
		if want[f.Path] != f.Kind {
			t.Errorf("%s is %q, in the answer it is %q", f.Path, f.Kind, want[f.Path])
		}
		delete(want, f.Path)
		if f.Title == "" || (f.Kind == section.Number) != (f.Unit != section.None) {
			t.Errorf("%s has the title %q and the unit %q", f.Path, f.Title, f.Unit)
		}
		if f.Unit != section.None {
			if err := catalog.CheckUnit(string(f.Unit)); err != nil {
				t.Errorf("%s: %v", f.Path, err)
			}
		}
	}
	for path := range want {
		t.Errorf("%s is missing", path)
	}
}

// documentedUnits maps the units in docs/report.md to those of package section.
var documentedUnits = map[string]section.Unit{
	"count": section.Count, "count per day": section.Count, "percent": section.Percent, "0 to 1": section.Share, "seconds": section.Seconds,
	"hours": section.Hours, "1/second": section.PerSecond, "bytes": section.Bytes, "USD": section.USD, "USD per day": section.USDPerDay,
	"USD per hour": section.USDPerHour, "°C": section.Celsius, "TFLOPS": section.TFLOPS, "GB/s": section.GBPerSecond,
}

var code = regexp.MustCompile("`([^`]+)`")

// documented returns the units in the tables of docs/report.md, by the path of the field. It
// omits rows whose unit isn't in documentedUnits.
func documented(t *testing.T) map[string]section.Unit {
	t.Helper()
	text, err := os.ReadFile("../../../docs/report.md")
	if err != nil {
		t.Fatal(err)
	}
	units, heading := map[string]section.Unit{}, ""
	for line := range strings.Lines(string(text)) {
		if name, is := strings.CutPrefix(line, "### "); is {
			heading = strings.TrimSpace(name)
			if heading == "Cost answer" {
				heading = "costs"
			}
			continue
		}
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, ""), "|")
		if len(cells) != 5 {
			continue
		}
		unit, _, _ := strings.Cut(strings.TrimSpace(cells[3]), ", to ")
		id, known := documentedUnits[unit]
		names := code.FindAllStringSubmatch(cells[1], -1)
		if !known || len(names) == 0 {
			continue
		}
		parent, rest := "", names
		if strings.Contains(cells[1], "`:") {
			parent, rest = names[0][1]+".", names[1:]
		}
		for _, name := range rest {
			path := parent + name[1]
			if strings.HasPrefix(name[1], ".") { // `a.b`, `.c` are a.b and a.c
				first := rest[0][1]
				path = parent + first[:strings.LastIndexByte(first, '.')] + name[1]
			}
			path = heading + "." + strings.ReplaceAll(path, "[]", "")
			for _, part := range []string{"compute", "storage", "network", "other"} {
				units[strings.Replace(path, "*", part, 1)] = id
			}
		}
	}
	return units
}

func TestUnitsAreThoseOfTheDocumentation(t *testing.T) {
	units := documented(t)
	compared := 0
	for _, f := range section.Table() {
		unit, found := units[f.Path]
		if !found || f.Kind != section.Number {
			continue
		}
		compared++
		if unit != f.Unit {
			t.Errorf("%s has the unit %q, docs/report.md says %q", f.Path, f.Unit, unit)
		}
	}
	if compared < 95 {
		t.Errorf("only %d fields have a unit in docs/report.md", compared)
	}
}

func TestFindSuggestsSections(t *testing.T) {
	for path, want := range map[string]string{
		"cost.breakdown":              "Did you mean costs.breakdown",
		"summary.succesRate":          "Did you mean summary.successRate",
		"":                            "has no section",
		"insights.costs.severity":     "has no section",
		strings.Repeat("summary", 99): "has no section",
	} {
		if _, err := section.Find(path); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 500 {
			t.Errorf("%.40q: %v", path, err)
		}
	}
}

func TestSectionsNeedTheirMetricsOnly(t *testing.T) {
	for path, want := range map[string][]string{
		"summary.successRate":                {},
		"performance.errorRates.breakdown":   {"errors"},
		"performance.latency.timeSeries.p95": {"performance"},
		"costs.budgetAnalysis":               {"costs"},
		"insights":                           {"performance", "usage", "costs"},
		"insights.usage":                     {"usage"},
		"coldStarts.breakdown.modelLoad":     {"performance"},
	} {
		f, err := section.Find(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Metrics(); !slices.Equal(got, want) {
			t.Errorf("%s needs %v, not %v", path, got, want)
		}
	}
}
