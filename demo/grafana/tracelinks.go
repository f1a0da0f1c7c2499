package grafana

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// addTraceLinks adds a link from exemplars to traces to each data source of the plugin in the
// provisioning files of a folder. The trace id follows tracesURL.
func addTraceLinks(dir, tracesURL string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		body, err := os.ReadFile(file) //nolint:gosec // G304: a file that prepare has written
		if err != nil {
			return err
		}
		if body, err = withTraceLinks(body, tracesURL); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil { //nolint:gosec // G306: the container of Grafana runs as another user
			return err
		}
	}
	return nil
}

// withTraceLinks adds a link to each data source of the plugin in a provisioning file, unless
// the data source has links. It keeps all other content, including comments.
func withTraceLinks(body []byte, tracesURL string) ([]byte, error) {
	const key = "exemplarTraceIdDestinations"
	var document yaml.Node
	if err := yaml.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	changed := false
	for _, source := range items(&document, "datasources") {
		settings := child(source, "jsonData")
		if kind := child(source, "type"); kind == nil || kind.Value != pluginID || settings == nil || child(settings, key) != nil {
			continue
		}
		var name, links yaml.Node
		name.SetString(key)
		// Grafana expands $ in provisioning files.
		err := links.Encode([]map[string]string{{
			"name": "trace_id", "url": strings.ReplaceAll(tracesURL+"${__value.raw}", "$", "$$"), "urlDisplayLabel": "Open the trace",
		}})
		if err != nil {
			return nil, err
		}
		settings.Content = append(settings.Content, &name, &links)
		changed = true
	}
	if !changed {
		return body, nil
	}
	var out bytes.Buffer
	err := yaml.NewEncoder(&out).Encode(&document)
	return out.Bytes(), err
}
