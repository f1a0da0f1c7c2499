package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Dashboard contains the fields of a dashboard's JSON that its queries depend on, such as
// variables, annotations and panels.
type Dashboard struct {
	File       string `json:"-"`
	UID        string `json:"uid"`
	Title      string `json:"title"`
	Time       Range  `json:"time"`
	Templating struct {
		List []Variable `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []Annotation `json:"list"`
	} `json:"annotations"`
	Panels []Panel `json:"panels"`
}

// Range is a dashboard's default time range, for example now-6h to now.
type Range struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Variable is one dashboard variable. Query is an object for this plugin's query variables, a
// plugin id for `datasource` variables, and comma-separated values for custom variables.
type Variable struct {
	Name       string          `json:"name"`
	Label      string          `json:"label"`
	Type       string          `json:"type"`
	DataSource json.RawMessage `json:"datasource"`
	Query      json.RawMessage `json:"query"`
	Regex      string          `json:"regex"`
	IncludeAll bool            `json:"includeAll"`
	Current    struct {
		Value Strings `json:"value"`
	} `json:"current"`
}

// Annotation is an annotation query. BuiltIn is 1 for Grafana's built-in annotations
// and alert states.
type Annotation struct {
	Name       string          `json:"name"`
	BuiltIn    int             `json:"builtIn"`
	DataSource json.RawMessage `json:"datasource"`
	Target     json.RawMessage `json:"target"`
}

// Panel is one panel or row. QueryPanels sets Row to the title of the row that contains
// the panel. Row is empty for panels before the first row.
type Panel struct {
	ID            int               `json:"id"`
	Title         string            `json:"title"`
	Type          string            `json:"type"`
	Interval      string            `json:"interval"`
	MaxDataPoints int64             `json:"maxDataPoints"`
	GridPos       GridPos           `json:"gridPos"`
	FieldConfig   FieldConfig       `json:"fieldConfig"`
	Options       PanelOptions      `json:"options"`
	Targets       []json.RawMessage `json:"targets"`
	Panels        []Panel           `json:"panels"`
	Row           string            `json:"-"`
}

// PanelOptions are options of a panel's visualization.
type PanelOptions struct {
	ShowInstances bool `json:"showInstances"` // of a list of alerts: whether it shows the alerts of each rule
}

// GridPos is a panel's position. Y is its distance from the top, in rows of the grid. W is its
// width in columns. A dashboard has 24 columns.
type GridPos struct {
	Y int `json:"y"`
	W int `json:"w"`
}

// Strings is decoded from a JSON string or a list of strings.
type Strings []string

// UnmarshalJSON accepts a string, a list of strings, or null.
func (s *Strings) UnmarshalJSON(body []byte) error {
	var one string
	if json.Unmarshal(body, &one) == nil {
		*s = nil
		if one != "" {
			*s = Strings{one}
		}
		return nil
	}
	var several []string
	if err := json.Unmarshal(body, &several); err != nil {
		return fmt.Errorf("%s is not a string or a list of strings", body)
	}
	*s = several
	return nil
}

// QueryPanels returns all panels with queries, in the order of the JSON, including the panels of
// collapsed rows. Rows and lists of alerts have no queries.
func (d Dashboard) QueryPanels() []Panel {
	var panels []Panel
	row := ""
	for _, p := range d.Panels {
		if p.Type == "alertlist" {
			continue
		}
		if p.Type != "row" {
			p.Row = row
			panels = append(panels, p)
			continue
		}
		row = p.Title
		for _, nested := range p.Panels {
			nested.Row = row
			panels = append(panels, nested)
		}
	}
	return panels
}

// QueryAnnotations returns the annotations except Grafana's built-in ones. It includes
// annotations that are disabled by default.
func (d Dashboard) QueryAnnotations() []Annotation {
	return slices.DeleteFunc(slices.Clone(d.Annotations.List), func(a Annotation) bool { return a.BuiltIn == 1 })
}

// Panel returns the panel, but not a row, with the given id.
func (d Dashboard) Panel(id int) (Panel, bool) {
	for _, p := range d.QueryPanels() {
		if p.ID == id {
			return p, true
		}
	}
	return Panel{}, false
}

type providersFile struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name                  string `yaml:"name"`
		OrgID                 int64  `yaml:"orgId"`
		Folder                string `yaml:"folder"`
		FolderUID             string `yaml:"folderUid"`
		Type                  string `yaml:"type"`
		DisableDeletion       bool   `yaml:"disableDeletion"`
		Editable              bool   `yaml:"editable"`
		UpdateIntervalSeconds int64  `yaml:"updateIntervalSeconds"`
		AllowUIUpdates        bool   `yaml:"allowUiUpdates"`
		Options               struct {
			Path                      string `yaml:"path"`
			FoldersFromFilesStructure bool   `yaml:"foldersFromFilesStructure"`
		} `yaml:"options"`
	} `yaml:"providers"`
}

func readDashboards(dir string, env Env) ([]Dashboard, error) {
	files, err := yamlFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []Dashboard
	var errs []error
	for _, file := range files {
		var content providersFile
		if err := decodeStrict(file, &content); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, checkAPIVersion(file, content.APIVersion))
		for i, p := range content.Providers {
			e := &expander{file: file, env: env}
			e.text(fmt.Sprintf("providers[%d].options.path", i), &p.Options.Path)
			if err := e.err(); err != nil {
				errs = append(errs, err)
				continue
			}
			dashboards, err := readDashboardFolder(p.Options.Path)
			if err != nil {
				err = fmt.Errorf("%s: provider %q: %w", file, p.Name, err)
			}
			all, errs = append(all, dashboards...), append(errs, err)
		}
	}
	return all, errors.Join(errs...)
}

// readDashboardFolder reads every *.json below dir. As in Grafana, dir may be a
// link, and folders whose name begins with a dot are skipped.
func readDashboardFolder(dir string) ([]Dashboard, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	var all []Dashboard
	err = filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != dir && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(file) != ".json":
			return nil
		}
		dashboard, err := readDashboard(file)
		all = append(all, dashboard)
		return err
	})
	return all, err
}

func readDashboard(file string) (Dashboard, error) {
	body, err := os.ReadFile(file) //nolint:gosec // G304: a file of this repository
	if err != nil {
		return Dashboard{}, err
	}
	dashboard := Dashboard{File: file}
	if err := json.Unmarshal(body, &dashboard); err != nil {
		return Dashboard{}, fmt.Errorf("%s: %w", file, err)
	}
	if dashboard.Title == "" || dashboard.UID == "" {
		return Dashboard{}, fmt.Errorf("%s: a dashboard must have a title and a uid", file)
	}
	return dashboard, nil
}
