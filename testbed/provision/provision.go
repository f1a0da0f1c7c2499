// Package provision reads the provisioning folder of a Grafana: data sources,
// dashboards and alert rules. Grafana ignores a misspelled key, replaces an unset
// variable by nothing, and doesn't start with an invalid alert rule. In this package each
// of these problems is an error with the file and the key. The demo, the smoke run and
// the test suites call Read.
package provision

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Set contains the provisioned data sources, dashboards and rules, in the order of the files.
type Set struct {
	DataSources []DataSource
	Dashboards  []Dashboard
	Groups      []RuleGroup
}

// Env returns the value of an environment variable and whether it is set.
type Env func(name string) (value string, set bool)

// MapEnv returns an Env that reads values first, then the process's environment.
func MapEnv(values map[string]string) Env {
	return func(name string) (string, bool) {
		if value, ok := values[name]; ok {
			return value, true
		}
		return os.LookupEnv(name)
	}
}

// Read reads dir/datasources, dir/dashboards (with the dashboards in each provider's path)
// and dir/alerting, and checks the references between them. If files are invalid, the error
// contains their problems, and the references aren't checked.
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

// DataSource returns the data source with the given uid.
func (s *Set) DataSource(uid string) (DataSource, bool) {
	i := slices.IndexFunc(s.DataSources, func(d DataSource) bool { return d.UID == uid })
	if i < 0 {
		return DataSource{}, false
	}
	return s.DataSources[i], true
}

// DataSourceOfType returns the data source that a `datasource` variable of this
// plugin type selects: the default one, or else the first.
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

// Dashboard returns the dashboard with the given uid.
func (s *Set) Dashboard(uid string) (Dashboard, bool) {
	i := slices.IndexFunc(s.Dashboards, func(d Dashboard) bool { return d.UID == uid })
	if i < 0 {
		return Dashboard{}, false
	}
	return s.Dashboards[i], true
}

// Rule returns the rule with the given title.
func (s *Set) Rule(title string) (Rule, bool) {
	for _, group := range s.Groups {
		for _, rule := range group.Rules {
			if rule.Title == title {
				return rule, true
			}
		}
	}
	return Rule{}, false
}

// yamlFiles returns the provisioning files of a folder, sorted by name. Like Grafana, it
// ignores subfolders, other suffixes and a missing folder.
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
