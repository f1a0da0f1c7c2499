package grafana

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// configFile is used instead of the configuration file of an installed Grafana. It contains
// the feature toggles, because environment variables can't disable a toggle that is enabled by
// default.
const configFile = "grafana.ini"

// config disables the requests for a list of Angular plugins from grafana.com.
const config = `[feature_toggles]
pluginsDynamicAngularDetectionPatterns = false
`

// prepare writes a copy of the provisioning files, a link to the built plugin, and the
// configuration into Grafana's folder.
func prepare(o Options) error {
	for _, name := range []string{"data", "logs", "plugins", "provisioning/plugins"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, filepath.FromSlash(name)), 0o755); err != nil { //nolint:gosec // G301: the container of Grafana runs as another user
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(o.Dir, configFile), []byte(config), 0o644); err != nil { //nolint:gosec // G306: the container of Grafana runs as another user
		return err
	}
	if err := os.Symlink(filepath.Join(o.Root, "dist"), filepath.Join(o.Dir, "plugins", pluginID)); err != nil {
		return err
	}
	for _, kind := range []string{"datasources", "dashboards", "alerting"} {
		from := filepath.Join(o.Root, "provisioning", kind)
		if err := copyYAML(filepath.Join(o.Dir, "provisioning", kind), from, o.For); err != nil {
			return err
		}
	}
	sources := filepath.Join(o.Dir, "provisioning", "datasources")
	for _, file := range o.DataSources {
		if err := copyFile(sources, file, o.For); err != nil {
			return err
		}
	}
	if o.TracesURL != "" {
		if err := addTraceLinks(sources, o.TracesURL); err != nil {
			return err
		}
	}
	return writeHome(filepath.Join(o.Dir, homeFile), o.Home)
}

// copyYAML copies the files of one folder, but not its subfolders. If wait isn't empty, it
// replaces the `for` of every alert rule.
func copyYAML(to, from, wait string) error {
	if err := os.MkdirAll(to, 0o755); err != nil { //nolint:gosec // G301: the container of Grafana runs as another user
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		if err := copyFile(to, filepath.Join(from, entry.Name()), wait); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a provisioning file into the folder to. If wait isn't empty, it replaces the
// `for` of every alert rule in the file.
func copyFile(to, file, wait string) error {
	body, err := os.ReadFile(file) //nolint:gosec // G304: a file of this repository
	if err != nil {
		return err
	}
	if wait != "" {
		if body, err = withFor(body, wait); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return os.WriteFile(filepath.Join(to, filepath.Base(file)), body, 0o644) //nolint:gosec // G306: the container of Grafana runs as another user
}

// interval is the evaluation interval of the rule groups if `for` is replaced. With the
// group's original interval, a rule with a short `for` would still wait for the next
// evaluation of its group.
const interval = "1m"

// withFor replaces the `for` of each rule in a provisioning file and the interval of each
// group. It keeps all other content, including comments. A file without groups is returned
// unchanged.
func withFor(body []byte, wait string) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	changed := false
	for _, group := range items(&document, "groups") {
		if node := child(group, "interval"); node != nil {
			node.SetString(interval)
			changed = true
		}
		for _, rule := range items(group, "rules") {
			if node := child(rule, "for"); node != nil {
				node.SetString(wait)
				changed = true
			}
		}
	}
	if !changed {
		return body, nil
	}
	var out bytes.Buffer
	err := yaml.NewEncoder(&out).Encode(&document)
	return out.Bytes(), err
}

// items returns the items of the sequence under key, or nil.
func items(node *yaml.Node, key string) []*yaml.Node {
	if node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		node = node.Content[0]
	}
	if list := child(node, key); list != nil && list.Kind == yaml.SequenceNode {
		return list.Content
	}
	return nil
}

// child returns the value under key of a mapping, or nil.
func child(node *yaml.Node, key string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}
