package main

import (
	"path"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/generate/kubernetes"
)

// manifests returns the files for Kubernetes, which contain the alert rules and recording rules
// of all packs.
func manifests(from sources) (files, error) {
	input := kubernetes.Sources{Repository: from.repository}
	for _, p := range []struct {
		generate func(sources) (files, error)
		target   *map[string][]byte
	}{
		{alerting, &input.GrafanaAlerts},
		{recordingRules, &input.RecordingRules},
		{alertRules, &input.Alerts},
	} {
		all, err := p.generate(from)
		if err != nil {
			return nil, err
		}
		*p.target = byPack(all)
	}
	return kubernetes.Generate(input, generated)
}

// byPack returns the texts of files by the name of the pack, which is the name of the file
// without the extension.
func byPack(all files) map[string][]byte {
	texts := map[string][]byte{}
	for name, text := range all {
		texts[strings.TrimSuffix(path.Base(name), path.Ext(name))] = text
	}
	return texts
}
