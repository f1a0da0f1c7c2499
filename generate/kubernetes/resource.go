package kubernetes

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"

	"go.yaml.in/yaml/v3"
)

// partOf is a label of all resources, by which they can be listed and deleted.
const partOf = "model-metrics"

// namePrefix is the start of the names of all resources.
const namePrefix = "modelmetrics-"

// resource is a Kubernetes resource. Its namespace is missing, because kubectl -n sets it.
type resource struct {
	APIVersion string            `yaml:"apiVersion"`
	Kind       string            `yaml:"kind"`
	Metadata   metadata          `yaml:"metadata"`
	Data       map[string]string `yaml:"data,omitempty"` // of a ConfigMap
	Spec       any               `yaml:"spec,omitempty"`
}

type metadata struct {
	Name        string            `yaml:"name"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// named returns the metadata of a resource with additional labels.
func named(name string, labels map[string]string) metadata {
	all := map[string]string{"app.kubernetes.io/part-of": partOf}
	maps.Copy(all, labels)
	return metadata{Name: namePrefix + name, Labels: all}
}

// writer collects files.
type writer struct {
	comment func(source string) string
	files   map[string][]byte
}

// add adds a file with one YAML document for each of the values.
func (w *writer) add(dir, name, source string, values ...any) error {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	for _, value := range values {
		if err := encoder.Encode(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := encoder.Close(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.addText(dir, name, source, text.String())
	return nil
}

// addText adds a file with a text.
func (w *writer) addText(dir, name, source, text string) {
	w.files[path.Join(Dir, dir, name)] = []byte("# " + w.comment(source) + "\n" + text)
}

// decode reads a file in YAML or JSON.
func decode(repository fs.FS, name string, target any) error {
	text, err := fs.ReadFile(repository, name)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, target); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// parse returns the root of a YAML document, with its comments. It omits the first comment, which
// marks a generated file.
func parse(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, fmt.Errorf("there are %d YAML documents instead of one", len(document.Content))
	}
	root := document.Content[0]
	if len(root.Content) > 0 {
		root.Content[0].HeadComment = ""
	}
	return root, nil
}

// field returns the value of a key of a mapping, or nil.
func field(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
