package kubernetes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
	"go.yaml.in/yaml/v3"
)

const root, folder = "../..", "../../deploy/kubernetes"

// document is one resource of a file.
type document struct {
	file  string // relative to folder
	value map[string]any
}

func (d document) kind() string { return d.value["kind"].(string) }

func (d document) name() string { return d.value["metadata"].(map[string]any)["name"].(string) }

// documents returns the resources of all files. Kustomizations and the Helm values aren't
// resources of a cluster.
func documents(t *testing.T) []document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []document
	for _, path := range files {
		base := filepath.Base(path)
		if base == "kustomization.yaml" || base == "values.yaml" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var value map[string]any
			if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			all = append(all, document{filepath.Base(filepath.Dir(path)) + "/" + base, value})
		}
	}
	if len(all) < 40 {
		t.Fatalf("there are only %d resources", len(all))
	}
	return all
}

// check validates a resource.
func check(t *testing.T, v validator.Validator, value any) validator.Result {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	results := v.Validate("resource", io.NopCloser(bytes.NewReader(text)))
	if len(results) != 1 {
		t.Fatalf("%d results for\n%s", len(results), text)
	}
	return results[0]
}

// TestFiles validates the bytes of every file with kubeconform.
func TestFiles(t *testing.T) {
	kinds, err := grafanaKinds()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("schemas of the fields in use", func(t *testing.T) { testFiles(t, newValidator(t, kinds)) })
	t.Run("definitions of grafana-operator", func(t *testing.T) { testFiles(t, newValidator(t, definedKinds(t))) })
}

func testFiles(t *testing.T, v validator.Validator) {
	t.Helper()
	want := map[string]int{}
	for _, d := range documents(t) {
		want[d.file]++
	}
	for name, count := range want {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		valid := 0
		for _, result := range v.Validate(name, file) {
			switch result.Status {
			case validator.Valid:
				valid++
			case validator.Empty:
			default:
				t.Errorf("%s: %v", name, result.Err)
			}
		}
		if valid != count {
			t.Errorf("%s: %d of %d resources are valid", name, valid, count)
		}
	}
}

// freeForm matches the paths of values that can have any structure.
var freeForm = regexp.MustCompile(`^spec\.(datasource\.jsonData|rules\.\d+\.data\.\d+\.model)(\.|$)`)

// TestMutations checks one resource of each kind: the validation refuses it if any mapping in it
// has an unknown key, or if any value has another type.
func TestMutations(t *testing.T) {
	kinds, err := grafanaKinds()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("schemas of the fields in use", func(t *testing.T) { testMutations(t, newValidator(t, kinds)) })
	t.Run("definitions of grafana-operator", func(t *testing.T) { testMutations(t, newValidator(t, definedKinds(t))) })
}

func testMutations(t *testing.T, v validator.Validator) {
	t.Helper()
	seen := map[string]bool{}
	mutations := 0
	for _, d := range documents(t) {
		if seen[d.kind()] {
			continue
		}
		seen[d.kind()] = true
		refuse := func(path string) {
			mutations++
			if got := check(t, v, d.value).Status; got == validator.Valid {
				t.Errorf("%s is valid with a wrong %s", d.file, path)
			}
		}
		mutate(d.value, "", refuse)
		if got := check(t, v, d.value); got.Status != validator.Valid {
			t.Errorf("%s isn't valid after the mutations were undone: %v", d.file, got.Err)
		}
	}
	if len(seen) != 9 || mutations < 200 {
		t.Errorf("%d mutations of the kinds %q", mutations, slices.Sorted(maps.Keys(seen)))
	}
}

// mutate makes one change at a time in a value, calls refuse, and undoes the change.
func mutate(value any, path string, refuse func(path string)) {
	switch v := value.(type) {
	case map[string]any:
		if !freeForm.MatchString(path) {
			v["unknownKey"] = []any{1}
			refuse(join(path, "unknownKey"))
			delete(v, "unknownKey")
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner := join(path, key)
			mutate(v[key], inner, refuse)
			old := v[key]
			if freeForm.MatchString(inner) {
				continue
			}
			v[key] = []any{map[string]any{"unknownKey": []any{1}}}
			refuse(inner)
			v[key] = old
		}
	case []any:
		// The items of a list have the same schema.
		if len(v) > 0 {
			mutate(v[0], join(path, "0"), refuse)
		}
	}
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

// TestRequiredKeys checks that the validation requires the keys without which a resource has no
// effect.
func TestRequiredKeys(t *testing.T) {
	kinds, err := grafanaKinds()
	if err != nil {
		t.Fatal(err)
	}
	v := newValidator(t, kinds)
	for kind, paths := range map[string][]string{
		"PrometheusRule":        {"spec", "spec.groups.0.name", "spec.groups.0.rules.0.expr"},
		"ServiceMonitor":        {"spec", "spec.selector", "spec.endpoints"},
		"NetworkPolicy":         {"spec.egress.0.to.0.podSelector.matchExpressions.0.operator"},
		"GrafanaDatasource":     {"spec", "spec.instanceSelector", "spec.datasource"},
		"GrafanaDashboard":      {"spec", "spec.instanceSelector", "spec.configMapRef.key"},
		"GrafanaFolder":         {"spec", "spec.instanceSelector"},
		"GrafanaAlertRuleGroup": {"spec.interval", "spec.rules", "spec.rules.0.uid", "spec.rules.0.condition", "spec.rules.0.noDataState"},
		"Grafana":               {"spec", "spec.deployment.spec.template.spec.initContainers.0.name"},
	} {
		for _, path := range paths {
			all := documents(t)
			i := slices.IndexFunc(all, func(d document) bool { return d.kind() == kind })
			if kind == "NetworkPolicy" { // the files have no matchExpressions
				selector := lookup(t, all[i].value, "spec.egress.0.to.0.podSelector")
				selector["matchExpressions"] = []any{map[string]any{"key": "app", "operator": "Exists"}}
				if got := check(t, v, all[i].value); got.Status != validator.Valid {
					t.Fatal(got.Err)
				}
			}
			parent, key := ".", path
			if at := strings.LastIndex(path, "."); at >= 0 {
				parent, key = path[:at], path[at+1:]
			}
			mapping := lookup(t, all[i].value, parent)
			if _, ok := mapping[key]; !ok {
				t.Fatalf("%s has no %s", all[i].file, path)
			}
			delete(mapping, key)
			if got := check(t, v, all[i].value).Status; got != validator.Invalid {
				t.Errorf("%s without %s has the status %v", kind, path, got)
			}
		}
	}
}

// lookup returns the mapping at a path. The path "." is the value itself.
func lookup(t *testing.T, value any, path string) map[string]any {
	t.Helper()
	for key := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			if key != "" {
				value = v[key]
			}
		case []any:
			var index int
			if _, err := fmt.Sscan(key, &index); err != nil || index >= len(v) {
				t.Fatalf("there is no item %s in %s", key, path)
			}
			value = v[index]
		}
	}
	mapping, ok := value.(map[string]any)
	if !ok {
		t.Fatalf("%s is no mapping", path)
	}
	return mapping
}

// TestGrafanaOperatorSchemas checks that every key in testdata/grafana-operator.yaml exists in the
// CustomResourceDefinitions of grafana-operator, with the same type and limits.
func TestGrafanaOperatorSchemas(t *testing.T) {
	defined := definedKinds(t)
	kinds, err := grafanaKinds()
	if err != nil {
		t.Fatal(err)
	}
	for kind, s := range kinds {
		delete(property(s, "spec", "deployment", "spec", "template"), "properties") // PodSpec
		compare(t, kind+".spec", property(s, "spec"), property(defined[kind], "spec"))
	}
}

func compare(t *testing.T, path string, ours, theirs schema) {
	t.Helper()
	if theirs == nil {
		t.Errorf("%s isn't defined", path)
		return
	}
	for _, key := range []string{"type", "pattern", "minLength", "maxLength", "minItems", "maxItems", "x-kubernetes-preserve-unknown-fields"} {
		if fmt.Sprint(ours[key]) != fmt.Sprint(theirs[key]) {
			t.Errorf("%s: %s is %v instead of %v", path, key, ours[key], theirs[key])
		}
	}
	for _, key := range []string{"required", "enum"} {
		if got, want := sorted(ours[key]), sorted(theirs[key]); !slices.Equal(got, want) {
			t.Errorf("%s: %s is %v instead of %v", path, key, got, want)
		}
	}
	properties, _ := ours["properties"].(schema)
	for name, inner := range properties {
		compare(t, path+"."+name, inner.(schema), property(theirs, name))
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := ours[key].(schema); ok {
			other, _ := theirs[key].(schema)
			compare(t, path+"."+key, inner, other)
		}
	}
}

func sorted(list any) []string {
	var texts []string
	items, _ := list.([]any)
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	slices.Sort(texts)
	return texts
}
