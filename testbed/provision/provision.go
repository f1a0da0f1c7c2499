// Package provision reads the folder that a Grafana reads at start (data
// sources, dashboards, alert rules) into small typed values. Grafana ignores a
// misspelt key, replaces an unset variable by nothing, and stops its whole
// start over an invalid alert rule; here each of these is an error that names
// the file and the key, so that a mistake is seen before a Grafana sees it.
package provision

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Set is everything provisioned, in the order in which Grafana takes it.
type Set struct {
	DataSources []DataSource
	Dashboards  []Dashboard
	Groups      []RuleGroup
}

// Env answers what an environment variable holds, and whether it is set.
type Env func(name string) (value string, set bool)

// MapEnv looks variables up in values first, then in the process's environment.
func MapEnv(values map[string]string) Env {
	return func(name string) (string, bool) {
		if value, ok := values[name]; ok {
			return value, true
		}
		return os.LookupEnv(name)
	}
}

// Read reads dir/datasources, dir/dashboards (with the dashboards of each
// provider's path) and dir/alerting, and checks that they fit together. Every
// problem found is in the error, not the first one alone.
func Read(dir string, env Env) (*Set, error) {
	var set Set
	sources, errSources := readDataSources(filepath.Join(dir, "datasources"), env)
	dashboards, errDashboards := readDashboards(filepath.Join(dir, "dashboards"), env)
	groups, errGroups := readGroups(filepath.Join(dir, "alerting"), env)
	if err := errors.Join(errSources, errDashboards, errGroups); err != nil {
		return nil, err
	}
	set.DataSources, set.Dashboards, set.Groups = sources, dashboards, groups
	return &set, set.check()
}

// DataSource finds a provisioned data source by its uid.
func (s *Set) DataSource(uid string) (DataSource, bool) {
	i := slices.IndexFunc(s.DataSources, func(d DataSource) bool { return d.UID == uid })
	if i < 0 {
		return DataSource{}, false
	}
	return s.DataSources[i], true
}

// DataSourceOfType finds the data source that a `datasource` variable of this
// plugin type takes: the default one, or else the first.
func (s *Set) DataSourceOfType(pluginID string) (DataSource, bool) {
	var first *DataSource
	for i, d := range s.DataSources {
		if d.Type != pluginID {
			continue
		}
		if d.IsDefault {
			return d, true
		}
		if first == nil {
			first = &s.DataSources[i]
		}
	}
	if first == nil {
		return DataSource{}, false
	}
	return *first, true
}

// Dashboard finds a dashboard by its uid.
func (s *Set) Dashboard(uid string) (Dashboard, bool) {
	i := slices.IndexFunc(s.Dashboards, func(d Dashboard) bool { return d.UID == uid })
	if i < 0 {
		return Dashboard{}, false
	}
	return s.Dashboards[i], true
}

// yamlFiles lists the provisioning files of a folder by name. Grafana does not
// look into sub-folders and skips other suffixes; a folder that is absent
// provisions nothing.
func yamlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the provisioning folder: %w", err)
	}
	var files []string
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".yaml", ".yml":
			files = append(files, filepath.Join(dir, entry.Name()))
		}
	}
	return files, nil
}
