// Package kubernetes tests the files in deploy/kubernetes without a cluster.
package kubernetes

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
	"golang.org/x/tools/go/packages"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-tools/pkg/crd"
	crdmarkers "sigs.k8s.io/controller-tools/pkg/crd/markers"
	"sigs.k8s.io/controller-tools/pkg/loader"
	"sigs.k8s.io/controller-tools/pkg/markers"
	"sigs.k8s.io/yaml"
)

// crdsVariable is the environment variable with the folder of grafana-operator's
// CustomResourceDefinitions, config/crd/bases in its repository.
const crdsVariable = "GRAFANA_OPERATOR_CRDS"

const (
	coreTypes       = "k8s.io/api/core/v1"
	networkingTypes = "k8s.io/api/networking/v1"
	metaTypes       = "k8s.io/apimachinery/pkg/apis/meta/v1"
	monitoringTypes = "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// goKinds lists the kinds whose schemas are made from Go types, by the import path of the types.
var goKinds = map[string][]string{
	coreTypes:       {"ConfigMap"},
	networkingTypes: {"NetworkPolicy"},
	monitoringTypes: {"PrometheusRule", "ServiceMonitor"},
}

// schema is a JSON schema.
type schema = map[string]any

// goTypes returns the schemas of Go types by their names, with the generator that also makes
// the CustomResourceDefinitions of operators. It makes the schema of ObjectMeta, too, which is
// only an object in a CustomResourceDefinition.
var goTypes = sync.OnceValues(func() (map[string]schema, error) {
	registry := &markers.Registry{}
	if err := crdmarkers.Register(registry); err != nil {
		return nil, err
	}
	parser := &crd.Parser{Collector: &markers.Collector{Registry: registry}, Checker: &loader.TypeChecker{}, AllowDangerousTypes: true}
	crd.AddKnownTypes(parser)
	addKnownMeta := parser.PackageOverrides[metaTypes]
	parser.PackageOverrides[metaTypes] = func(p *crd.Parser, pkg *loader.Package) {
		addKnownMeta(p, pkg)
		delete(p.Schemata, crd.TypeIdent{Package: pkg, Name: "ObjectMeta"})
	}
	roots, err := loader.LoadRoots(coreTypes, networkingTypes, monitoringTypes)
	if err != nil {
		return nil, err
	}
	schemas := map[string]schema{}
	for _, pkg := range roots {
		parser.NeedPackage(pkg)
		for _, name := range append([]string{"PodSpec"}, goKinds[pkg.PkgPath]...) {
			if name == "PodSpec" && pkg.PkgPath != coreTypes {
				continue
			}
			ident := crd.TypeIdent{Package: pkg, Name: name}
			parser.NeedFlattenedSchemaFor(ident)
			flat, ok := parser.FlattenedSchemata[ident]
			if !ok {
				return nil, fmt.Errorf("there is no type %s", ident)
			}
			if schemas[name], err = toSchema(flat); err != nil {
				return nil, err
			}
		}
		// The parser doesn't load packages that no schema needs. A package that imports them has
		// type errors, which controller-gen ignores, too.
		for _, problem := range pkg.Errors {
			if problem.Kind != packages.TypeError {
				return nil, fmt.Errorf("%s: %w", pkg.PkgPath, problem)
			}
		}
	}
	return schemas, nil
})

func toSchema(props apiextensionsv1.JSONSchemaProps) (schema, error) {
	text, err := json.Marshal(props)
	if err != nil {
		return nil, err
	}
	var s schema
	return s, json.Unmarshal(text, &s)
}

// grafanaKinds returns the schemas of grafana-operator's kinds in testdata.
func grafanaKinds() (map[string]schema, error) {
	text, err := os.ReadFile(filepath.Join("testdata", "grafana-operator.yaml"))
	if err != nil {
		return nil, err
	}
	var file struct{ Kinds map[string]schema }
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	types, err := goTypes()
	if err != nil {
		return nil, err
	}
	kinds := map[string]schema{}
	for name, spec := range file.Kinds {
		if name == "Grafana" {
			property(spec, "deployment", "spec", "template")["properties"].(schema)["spec"] = types["PodSpec"]
		}
		kinds[name] = schema{"type": "object", "required": []any{"spec"}, "properties": schema{
			"apiVersion": schema{"type": "string"}, "kind": schema{"type": "string"},
			"metadata": property(types["ConfigMap"], "metadata"), "spec": spec,
		}}
	}
	return kinds, nil
}

// property returns the schema of a property of a property.
func property(s schema, names ...string) schema {
	for _, name := range names {
		properties, _ := s["properties"].(schema)
		s, _ = properties[name].(schema)
	}
	return s
}

// definedKinds returns the schemas in grafana-operator's CustomResourceDefinitions. If there
// aren't any, the test is skipped.
func definedKinds(t *testing.T) map[string]schema {
	t.Helper()
	folder := os.Getenv(crdsVariable)
	if folder == "" {
		t.Skipf("%s isn't set to the folder config/crd/bases of grafana-operator", crdsVariable)
	}
	files, err := filepath.Glob(filepath.Join(folder, "grafana.integreatly.org_*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no CustomResourceDefinitions in %s: %v", folder, err)
	}
	types, err := goTypes()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]schema{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(text, &definition); err != nil {
			t.Fatal(err)
		}
		for _, version := range definition.Spec.Versions {
			if version.Name != "v1beta1" {
				continue
			}
			kind, err := toSchema(*version.Schema.OpenAPIV3Schema)
			if err != nil {
				t.Fatal(err)
			}
			kind["properties"].(schema)["metadata"] = property(types["ConfigMap"], "metadata")
			kinds[definition.Spec.Names.Kind] = kind
		}
	}
	return kinds
}

// newValidator returns kubeconform with the schemas of Go types and of grafana-operator.
func newValidator(t *testing.T, grafana map[string]schema) validator.Validator {
	t.Helper()
	types, err := goTypes()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	save := func(group, kind string, s schema) {
		strict(s)
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(folder, group)
		if err := errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, strings.ToLower(kind)+".json"), text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for path, group := range map[string]string{coreTypes: "v1-v1", networkingTypes: "networking.k8s.io-v1", monitoringTypes: "monitoring.coreos.com-v1"} {
		for _, kind := range goKinds[path] {
			save(group, kind, types[kind])
		}
	}
	for kind, s := range grafana {
		save("grafana.integreatly.org-v1beta1", kind, s)
	}
	v, err := validator.New([]string{folder + "/{{ .Group }}-{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json"}, validator.Opts{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// strict changes a schema so that it refuses unknown keys, as an API server with strict field
// validation does.
func strict(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			strict(item)
		}
	case schema:
		_, isObject := v["properties"].(schema)
		_, isMap := v["additionalProperties"]
		if isObject && !isMap && v["x-kubernetes-preserve-unknown-fields"] != true {
			v["additionalProperties"] = false
		}
		for _, item := range v {
			strict(item)
		}
	}
}
