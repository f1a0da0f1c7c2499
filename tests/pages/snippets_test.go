package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

// minSnippets is a lower bound of the number of blocks on the pages.
const minSnippets = 800

// packOf is a pack without the keys of a snippet.
const packOf = `pack: my_team
title: My team
owner: my-team
metrics:
  - {name: my_teams, title: Teams, description: Number of teams., unit: short, type: gauge, query: sum(team_info), required_params: [], optional_params: []}
`

// parameters matches what stands for matchers in the query of a catalog metric, and templates replaces
// the rest of such a query.
var (
	parameters = regexp.MustCompile(`__PARAMS(\([\w,]*\))?__`)
	templates  = strings.NewReplacer("__BY__", "job", "$__rate_interval_ms", "300000", "$__rate_interval", "5m", "$__range_s", "3600", "$__range_ms", "3600000", "$__interval_ms", "60000", "$__interval", "1m", "$__range", "1h")
)

// unknownEndpoint is the error of a report for an endpoint without samples.
const unknownEndpoint = "There is no endpoint"

// placeholder matches a word such as <version> that readers replace.
var placeholder = regexp.MustCompile(`<[a-z][a-z ]*>`)

// TestSnippets parses every block of the pages: commands with a shell, queries with the parser of
// Prometheus, and configurations with the code that reads them. Further tests run them: TestConnections,
// TestMigration, TestInstallation, TestCommandsOfPages in tests/integration, and tests/kubernetes.
func TestSnippets(t *testing.T) {
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "tests", "README.md")}
	for _, folder := range []string{"*.md", "*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, "docs", folder))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	p := start(t)
	count := 0
	for _, page := range pages {
		name, err := filepath.Rel(root, page)
		if err != nil {
			t.Fatal(err)
		}
		blocks, _ := snippets.Read(t, root, filepath.ToSlash(name))
		for _, block := range blocks {
			count++
			if err := parse(t, p, block); err != nil {
				t.Errorf("%s, line %d: %v", block.Page, block.Line, err)
			}
		}
	}
	if count < minSnippets {
		t.Errorf("%d blocks were found: the pattern misses most of them", count)
	}
}

func parse(t *testing.T, p plugin, s snippets.Snippet) error {
	t.Helper()
	switch s.Language {
	case "sh":
		return parseShell(s.Text)
	case "json":
		return parseJSON(t, p, s.Text)
	case "yaml":
		if strings.HasPrefix(s.Page, "docs/contracts/") { // the configuration of another product
			return yaml.Unmarshal([]byte(s.Text), new(any))
		}
		return parseYAML(t, p, s.Text)
	case "promql":
		return parsePromQL(templates.Replace(parameters.ReplaceAllString(s.Text, "")))
	case "hcl":
		_ = terraformSource(t, s.Text)
		return nil
	case "ini":
		for line := range strings.Lines(s.Text) {
			if !regexp.MustCompile(`^(\[[\w.]+\]|\w+ = \S.*)?\s*$`).MatchString(line) {
				return fmt.Errorf("%q isn't a line of grafana.ini", line)
			}
		}
		return nil
	case "text", "mermaid": // TestSymptoms produces the texts
		return nil
	case "nginx": // tests/stack runs nginx with this location
		return nil
	default:
		return fmt.Errorf("a block has the language %q, which no test parses", s.Language)
	}
}

// parsePromQL parses an expression, or several expressions of one line each.
func parsePromQL(text string) error {
	p := parser.NewParser(parser.Options{})
	if _, err := p.ParseExpr(text); err == nil {
		return nil
	}
	for line := range strings.Lines(text) {
		if _, err := p.ParseExpr(line); err != nil {
			return err
		}
	}
	return nil
}

func parseShell(text string) error {
	command := exec.Command("bash", "-n")
	command.Stdin = strings.NewReader(placeholder.ReplaceAllString(text, "placeholder"))
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	return nil
}

// parseJSON decodes JSON values. The plugin parses those that are queries.
func parseJSON(t *testing.T, p plugin, text string) error {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var value struct {
			QueryType, Expr string
		}
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &value); err != nil {
			return err
		}
		if value.QueryType == "" && value.Expr == "" {
			continue
		}
		// The frontend replaces variables.
		query := strings.NewReplacer("$endpoint", "ep_1").Replace(string(raw))
		if _, _, err := host.DataQuery([]byte(query), timeRange(), host.PanelDefaults); err != nil {
			return err
		}
		if text := p.query(t, query, nil); text != "" && !strings.Contains(text, unknownEndpoint) {
			return fmt.Errorf("%s: %s", query, text)
		}
	}
}

// parseYAML reads a configuration of Prometheus, provisioned data sources, settings of a data source,
// or access rules.
func parseYAML(t *testing.T, p plugin, text string) error {
	t.Helper()
	if strings.HasPrefix(strings.TrimSpace(text), "- job_name:") { // one job of a list
		text = "scrape_configs:\n" + text
	}
	var content map[string]any
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&content); err != nil {
		return err
	}
	switch {
	case content["scrape_configs"] != nil, content["rule_files"] != nil:
		_, err := config.Load(text, discard)
		return err
	case content["jsonData"] != nil && content["datasources"] == nil, content["basicAuth"] != nil:
		stored, err := host.Settings(provisioned(t, text, newAuthority(t)))
		if err != nil {
			return err
		}
		stored.ID, stored.UID, stored.URL, stored.Updated = ids.Add(1)+1, "snippet", p.prometheus, time.Now()
		delete(stored.DecryptedSecureJSONData, "basicAuthPassword")
		if problem := (plugin{p.WithDataSource(stored), ""}).health(t); problem != "" && !strings.Contains(problem, "TLS") && !strings.Contains(problem, "Audit events can't be exported") {
			return errors.New(problem)
		}
	case content["rules"] != nil, content["policy"] != nil:
		if _, problems := access.Parse(text); len(problems) > 0 {
			return fmt.Errorf("the first of %d problems: %s", len(problems), problems[0].String())
		}
	case content["datasources"] != nil:
		_ = provisioned(t, text, newAuthority(t))
	case content["report"] != nil:
		if problem := p.with(t, p.prometheus, content).health(t); problem != "" {
			return errors.New(problem)
		}
	case content["label_names"] != nil && content["pack"] == nil: // part of a pack
		return parseYAML(t, p, packOf+text)
	case content["pack"] != nil:
		if problem := p.with(t, p.prometheus, settings{"packs": text}).health(t); problem != "" {
			return errors.New(problem)
		}
	case content["kind"] != nil: // tests/kubernetes builds the overlays
	case content["env"] != nil: // values of the Helm chart in docs/kubernetes.md
	case content["apiVersion"] != nil:
	default:
		return errors.New("the YAML is none that a test can read")
	}
	return nil
}
