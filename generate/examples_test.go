package main

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// notifications has the keys of provisioning/examples/notifications.yaml, a provisioning file
// of contact points and policies. Grafana ignores unknown keys; the test rejects them.
type notifications struct {
	APIVersion    int `yaml:"apiVersion"`
	ContactPoints []struct {
		OrgID     int64  `yaml:"orgId"`
		Name      string `yaml:"name"`
		Receivers []struct {
			UID      string            `yaml:"uid"`
			Type     string            `yaml:"type"`
			Settings map[string]string `yaml:"settings"`
		} `yaml:"receivers"`
	} `yaml:"contactPoints"`
	Policies []struct {
		OrgID  int64 `yaml:"orgId"`
		policy `yaml:",inline"`
	} `yaml:"policies"`
}

type policy struct {
	Receiver       string     `yaml:"receiver"`
	GroupBy        []string   `yaml:"group_by"`
	GroupWait      string     `yaml:"group_wait"`
	GroupInterval  string     `yaml:"group_interval"`
	RepeatInterval string     `yaml:"repeat_interval"`
	Matchers       [][]string `yaml:"object_matchers"`
	Routes         []policy   `yaml:"routes"`
}

// examples maps the provisioning files outside of alerting, dashboards and datasources to the
// tests that read them.
var examples = map[string]string{
	"examples/notifications.yaml": "TestNotificationsExample",
	"examples/tenants.yaml":       "tests/access, TestTenantsOfDemoAreIsolated",
}

// TestEveryProvisioningFileIsChecked checks that the repository's tests read each
// provisioning file: the smoke run reads the folders alerting, dashboards and datasources,
// TestGrafanaAcceptsStates reads alerting-10.4.0, and the tests named in examples read the others.
func TestEveryProvisioningFileIsChecked(t *testing.T) {
	files, err := fs.Glob(os.DirFS(filepath.Join(root, "provisioning")), "*/*.y*ml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		switch path.Dir(file) {
		case "alerting", "alerting-10.4.0", "dashboards", "datasources":
		default:
			if examples[file] == "" {
				t.Errorf("no test reads provisioning/%s", file)
			}
		}
	}
}

func TestNotificationsExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "provisioning", "examples", "notifications.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var file notifications
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	var receivers []string
	for _, point := range file.ContactPoints {
		receivers = append(receivers, point.Name)
	}
	if file.APIVersion != 1 || len(file.Policies) != 1 {
		t.Fatalf("version %d, %d policies: an organization has exactly one", file.APIVersion, len(file.Policies))
	}
	labels := map[string]bool{}
	for _, group := range committed(t) {
		for _, rule := range group.Rules {
			for name, value := range rule.Labels {
				labels[name+"="+value] = true
			}
		}
	}
	var check func(p policy)
	check = func(p policy) {
		if !slices.Contains(receivers, p.Receiver) {
			t.Errorf("the policy for %q has no contact point, so Grafana doesn't start", p.Receiver)
		}
		if _, err := model.ParseDuration(p.RepeatInterval); err != nil {
			t.Errorf("repeat_interval: %v", err)
		}
		for _, m := range p.Matchers {
			if len(m) != 3 || !labels[m[0]+m[1]+m[2]] {
				t.Errorf("no rule's alerts match %v", m)
			}
		}
		for _, route := range p.Routes {
			check(route)
		}
	}
	check(file.Policies[0].policy)
}
