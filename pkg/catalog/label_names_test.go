package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// withNames returns validPack with names of models, which the family stock contains.
func withNames(entry string) string {
	text := strings.Replace(validPack, "labels: [model]\n  - name: wait_seconds", "labels: [model, model_title]\n  - name: wait_seconds", 1)
	return strings.Replace(text, "families:\n", "label_names: ["+entry+"]\nfamilies:\n", 1)
}

const modelNames = "{label: model, family: stock, value: model_title}"

func TestLabelNamesHaveProblems(t *testing.T) {
	for _, test := range []struct{ name, entry, field, want string }{
		{"valid", modelNames, "", ""},
		{"two entries for a label", modelNames + ", " + modelNames, "label", "The label model has names already."},
		{"the ids are the names", "{label: model, family: stock, value: model}", "value", "The names must be in another label than the ids."},
		{"an unknown family", "{label: model, family: stok, value: model_title}", "family", "No pack declares the family stok."},
		{"a counter", "{label: model, family: orders_total, value: tenant}", "family", "orders_total is a counter. An info metric is a gauge."},
		{"an unknown label", "{label: tenant, family: stock, value: model_title}", "label", "stock has no label tenant."},
		{"an unknown label of the names", "{label: model, family: stock, value: titel}", "value", "stock has no label titel."},
		{"a missing key", "{label: model, family: stock}", "value", "value is missing."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want == "" {
				if _, err := Load([]packfile.Source{{Text: []byte(withNames(test.entry))}}); err != nil {
					t.Error(err)
				}
				return
			}
			problems := summaries(problemsOf(t, withNames(test.entry)))
			if len(problems) != 1 || problems[0].Field != test.field || problems[0].Text != test.want || problems[0].Line != 7 {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

// TestUserPacksUseNamesOfBuiltinPacks: a user pack doesn't repeat the names of the labels of
// the families that it reads.
func TestUserPacksUseNamesOfBuiltinPacks(t *testing.T) {
	builtin, err := Load([]packfile.Source{{Name: "packs/shop.yaml", Text: []byte(withNames(modelNames))}})
	if err != nil {
		t.Fatal(err)
	}
	const user = `pack: ours
title: Ours
label_names: [{label: tenant, family: tenants, value: title}]
families:
  - {name: tenants, type: gauge, help: Always 1., labels: [tenant, title]}
metrics:
  - {name: ordered, title: Ordered, description: d, unit: short, query: "sum by (__BY__) (orders_total{__PARAMS__})", optional_params: [model, tenant], group_by: [model, tenant], legend: "{{model}}"}
  - {name: titled, title: Titled, description: d, unit: short, query: "sum by (__BY__) (tenants{__PARAMS__})", optional_params: [tenant, title], group_by: [tenant], legend: "{{tenant}}"}
`
	c, problems := builtin.With(t.Context(), user)
	if problems != nil {
		t.Fatal(problems)
	}
	labels := func(all []LabelName) string {
		var names []string
		for _, n := range all {
			names = append(names, n.Label+" from "+n.Family)
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	}
	for metric, want := range map[string]string{"orders": "model from stock", "ordered": "model from stock, tenant from tenants", "titled": "tenant from tenants"} {
		m, err := c.Metric(metric)
		if err != nil {
			t.Fatal(err)
		}
		if got := labels(m.LabelNames()); got != want {
			t.Errorf("%s: got %s, want %s", metric, got, want)
		}
	}
	for _, test := range []struct{ family, label, want string }{
		{"orders_total", "model", "model from stock"},
		{"wait_seconds_bucket", "model", "model from stock"},
		{"orders_total", "tenant", ""},
		{"orders_total", "le", ""},
		{"unknown", "model", ""},
		{"", "tenant", "tenant from tenants"},
		{"", "status", ""},
	} {
		if got := labels(c.LabelNames(test.family, test.label)); got != test.want {
			t.Errorf("%s of %q: got %q, want %q", test.label, test.family, got, test.want)
		}
	}
}

func TestRenderNamed(t *testing.T) {
	c, err := Load([]packfile.Source{{Text: []byte(withNames(modelNames))}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metric("wait")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		groupBy []string
		named   bool
	}{{nil, true}, {[]string{"model", "tenant"}, true}, {[]string{"tenant"}, false}, {[]string{}, false}} {
		plain, err := m.Render(Params{}, test.groupBy)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.RenderNamed(Params{}, test.groupBy)
		if err != nil {
			t.Fatal(err)
		}
		if named := strings.Contains(got, "on (model) group_left (model_title)"); named != test.named || !named && got != plain {
			t.Errorf("by %v: got %s", test.groupBy, got)
		}
	}
	if _, err := m.RenderNamed(Params{}, []string{"status"}); err == nil {
		t.Error("a grouping by a label that isn't a parameter has no error")
	}
}
