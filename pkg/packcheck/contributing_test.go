package packcheck

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// yamlBlock finds the YAML examples of a Markdown document, except for indented ones.
var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```\n")

// TestExamplesOfContributing adds the metric, the panel, the alert and the report panel of
// CONTRIBUTING.md to the built-in packs, and checks the packs.
func TestExamplesOfContributing(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		examples = append(examples, block[1])
	}
	if len(examples) != 4 {
		t.Fatalf("CONTRIBUTING.md has %d YAML examples that aren't indented, want a metric, a panel, a report panel and an alert", len(examples))
	}
	metric, panel, reportPanel, alert := examples[0], examples[1], examples[2], examples[3]
	const nextRow, reportsOfRow = "      - title: Latency\n", "        reports:\n"
	sources, err := catalog.BuiltinSources()
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i, s := range sources {
		pack := string(s.Text)
		switch strings.TrimSuffix(filepath.Base(s.Name), ".yaml") {
		case "inference":
			for before, example := range map[string]string{"alerts:\n": metric, nextRow: panel, "dashboards:\n": alert} {
				pack = strings.Replace(pack, "\n"+before, "\n"+example+before, 1)
				changed += strings.Count(pack, "\n"+example+before)
			}
		case "tensorone":
			pack = strings.Replace(pack, reportsOfRow, reportsOfRow+reportPanel, 1)
			changed += strings.Count(pack, reportPanel)
		}
		sources[i].Text = []byte(pack)
	}
	if changed != len(examples) {
		t.Fatalf("%d of %d examples were added to the packs", changed, len(examples))
	}
	if _, err := Load(sources...); err != nil {
		t.Error(err)
	}
}
