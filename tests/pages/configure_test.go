package pages

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

// Secrets that the snippets of docs/configure.md read from environment variables and files.
const (
	password = "password-of-the-server"
	token    = "token-of-the-server"
)

// arrival checks what the server of a data source receives.
type arrival struct {
	scheme string // http by default
	sent   map[string]string
	want   map[string]string // headers
	params map[string]string
}

// connections are the snippets of docs/configure.md that configure a connection, by their heading
// and their position below it.
var connections = map[string]arrival{
	"Add a data source 1":         {},
	"User and password 1":         {want: map[string]string{"Authorization": "Basic Z3JhZmFuYTpwYXNzd29yZC1vZi10aGUtc2VydmVy"}},
	"Token 1":                     {want: map[string]string{"Authorization": "Bearer " + token}},
	"Tenant of Mimir or Cortex 1": {want: map[string]string{"Authorization": "Basic Z3JhZmFuYTpwYXNzd29yZC1vZi10aGUtc2VydmVy", "X-Scope-Orgid": "team-a"}},
	"Identity of the user 1":      {sent: map[string]string{"Authorization": "Bearer of-the-user"}, want: map[string]string{"Authorization": "Bearer of-the-user"}},
	"Client certificate 1":        {scheme: "mutual TLS"},
	"TLS 1":                       {scheme: "https"},
	"TLS 2":                       {scheme: "https"},
	"Headers 1":                   {want: map[string]string{"X-Scope-Orgid": "team-a", "X-Team": "platform"}},
	"Headers 2":                   {params: map[string]string{"dedup": "true", "max_source_resolution": "5m"}},
	"Headers 3":                   {sent: map[string]string{"Cookie": "session=1"}, want: map[string]string{"Cookie": "session=1"}},
	"Terraform 1":                 {want: map[string]string{"Authorization": "Bearer " + token}},
}

// TestConnections runs a query with the data source of each snippet of docs/configure.md, and checks
// what arrives at the server.
func TestConnections(t *testing.T) {
	p := start(t)
	authority := newAuthority(t)
	counts := map[string]int{}
	seen := map[string]bool{}
	blocks, _ := snippets.Read(t, root, "docs/configure.md")
	for _, s := range blocks {
		if s.Language != "yaml" && s.Language != "hcl" {
			continue
		}
		counts[s.Heading]++
		name := fmt.Sprintf("%s %d", s.Heading, counts[s.Heading])
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			want, ok := connections[name]
			if !ok {
				t.Fatal("no test expects this snippet")
			}
			var source provision.DataSource
			if s.Language == "hcl" {
				source = terraformSource(t, s.Text)
			} else {
				source = provisioned(t, s.Text, authority)
			}
			requests := make(chan *http.Request, 10)
			source.URL = authority.serve(t, want.scheme, requests)
			if want.scheme == "mutual TLS" { // the snippet doesn't configure the certificate of the server
				source.JSONData["tlsAuthWithCACert"] = true
				source.SecureJSONData["tlsCACert"] = authority.certificate
			}
			check(t, p, source, want, requests)
		})
	}
	for name := range connections {
		if !seen[name] {
			t.Errorf("docs/configure.md has no snippet %s", name)
		}
	}
}

func check(t *testing.T, p plugin, source provision.DataSource, want arrival, requests chan *http.Request) {
	t.Helper()
	stored, err := host.Settings(source)
	if err != nil {
		t.Fatal(err)
	}
	stored.ID = ids.Add(1) + 1
	stored.UID = fmt.Sprintf("%s-%d", stored.UID, stored.ID)
	if text := (plugin{p.WithDataSource(stored), ""}).query(t, up, want.sent); text != "" {
		t.Fatal(text)
	}
	request := <-requests
	for name, value := range want.want {
		if got := request.Header.Get(name); got != value {
			t.Errorf("the server received %s: %q, want %q", name, got, value)
		}
	}
	for name, value := range want.params {
		if got := request.Form.Get(name); got != value {
			t.Errorf("the server received %s=%q, want %q", name, got, value)
		}
	}
	if want.want["Authorization"] == "" && request.Header.Get("Authorization") != "" {
		t.Errorf("the server received %s", request.Header.Get("Authorization"))
	}
}

// provisioned returns the data source of a provisioning file, or of a snippet with keys that are
// added to the data source of the first snippet of docs/configure.md.
func provisioned(t *testing.T, text string, authority *authority) provision.DataSource {
	t.Helper()
	if !strings.Contains(text, "datasources:") {
		blocks, _ := snippets.Read(t, root, "docs/configure.md")
		text = merged(t, blocks[0].Text, text)
	}
	file := filepath.Join(t.TempDir(), "datasource.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sources, err := provision.DataSources(file, provision.MapEnv(map[string]string{
		"PROMETHEUS_PASSWORD": password, "PROMETHEUS_TOKEN": token, "MODELMETRICS_TOKEN": token, "AUDIT_TOKEN": token,
		"__file": "$__file", // Grafana reads the file
	}))
	if err != nil || len(sources) != 1 {
		t.Fatalf("%d data sources, %v\n%s", len(sources), err, text)
	}
	for key, value := range sources[0].SecureJSONData {
		if path, is := strings.CutPrefix(value, "$__file{"); is {
			sources[0].SecureJSONData[key] = authority.file(t, filepath.Base(strings.TrimSuffix(path, "}")))
		}
	}
	return sources[0]
}

// merged adds keys to the data source of a provisioning file.
func merged(t *testing.T, file, keys string) string {
	t.Helper()
	var content struct {
		APIVersion  int              `yaml:"apiVersion"`
		DataSources []map[string]any `yaml:"datasources"`
	}
	var added map[string]any
	if err := yaml.Unmarshal([]byte(file), &content); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(keys), &added); err != nil {
		t.Fatal(err)
	}
	maps.Copy(content.DataSources[0], added)
	text, err := yaml.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
