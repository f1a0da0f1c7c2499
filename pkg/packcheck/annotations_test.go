package packcheck

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

const shopAnnotations = `
    annotations:
      - {name: Many orders, metric: orders, params: {tenant: [$tenant]}, title: "{{model}}", text: "{{value}} a second", tags: [orders, "{{model}}"]}
      - {name: Waiting, metric: orders, group_by: [tenant], window: 5m, min_step: 1m, title: "{{tenant}} waits", panels: [1, 4], color: red, disabled: true}
`

func TestLoadAnnotations(t *testing.T) {
	c, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + shopAnnotations)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Packs()[0].Dashboards[0].Annotations[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"Waiting","metric":"orders","group_by":["tenant"],"window":"5m","min_step":"1m","title":"{{tenant}} waits","tags":null,"panels":[1,4],"color":"red","disabled":true}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestLoadReportsProblemsOfAnnotations(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"two annotations with the same name": {
			"name: Waiting", "name: Many orders",
			`line 54, Many orders, name: The annotation name "Many orders" is not unique. Choose another one.`,
		},
		"an unknown metric": {
			"metric: orders, params", "metric: order, params",
			`line 53, Many orders, metric: The catalog has no metric "order". Did you mean orders?`,
		},
		"an unknown variable": {
			"[$tenant]", "[$tenants]",
			`line 53, Many orders, params: tenant: $tenants is not a variable of this dashboard.`,
		},
		"a grouping by an unknown parameter": {
			"group_by: [tenant]", "group_by: [version]",
			`line 54, Waiting, group_by: orders has no parameter "version".`,
		},
		"a window of zero": {
			"window: 5m", "window: 0m",
			`line 54, Waiting, window: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a minimum step of zero": {
			"min_step: 1m", "min_step: 0m",
			`line 54, Waiting, min_step: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a title with a label that the series don't have": {
			"{{tenant}} waits", "{{model}} waits",
			`line 54, Waiting, title: {{model}} is always empty: the result of orders has the label tenant.`,
		},
		"a text with a label that the series don't have": {
			"{{value}} a second", "{{values}} a second",
			`line 53, Many orders, text: {{values}} is always empty: the result of orders has the label model.`,
		},
		"a tag with a label that the series don't have": {
			`"{{model}}"]`, `"{{tenant}}"]`,
			`line 53, Many orders, tags: {{tenant}} is always empty: the result of orders has the label model.`,
		},
		"a tag with a comma": {
			"tags: [orders", `tags: ["orders, many"`,
			`line 53, Many orders, tags: "orders, many" would be several tags: Grafana splits tags at commas.`,
		},
		"an unknown panel": {
			"panels: [1, 4]", "panels: [1, 2]",
			`line 54, Waiting, panels: The dashboard has no panel 2.`,
		},
		"an annotation that is disabled and hidden": {
			"disabled: true", "disabled: true, hidden: true",
			`line 54, Waiting, hidden: A disabled annotation can't be hidden, because nobody could enable it.`,
		},
		"no title": {
			`, title: "{{tenant}} waits"`, "",
			`line 54, Shop Overview, title: title is missing.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(shopAnnotations, c.old, c.new, 1)
			if changed == shopAnnotations {
				t.Fatalf("the annotations have no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + changed)})
			if err == nil {
				t.Fatal("the invalid pack was loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
