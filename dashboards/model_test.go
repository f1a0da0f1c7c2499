package dashboards_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

type dashboard struct {
	UID           string  `json:"uid"`
	Title         string  `json:"title"`
	Editable      bool    `json:"editable"`
	SchemaVersion int     `json:"schemaVersion"`
	Panels        []panel `json:"panels"`
	Templating    struct {
		List []variable `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotation `json:"list"`
	} `json:"annotations"`
	Inputs json.RawMessage `json:"__inputs"`

	text []byte
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type annotation struct {
	Name      string `json:"name"`
	BuiltIn   int    `json:"builtIn"`
	Enable    bool   `json:"enable"`
	Hide      bool   `json:"hide"`
	IconColor string `json:"iconColor"`
	Filter    struct {
		Exclude bool  `json:"exclude"`
		IDs     []int `json:"ids"`
	} `json:"filter"`
	Datasource datasource `json:"datasource"`
	Target     struct {
		QueryType string         `json:"queryType"`
		Metric    string         `json:"metric"`
		Params    catalog.Params `json:"params"`
		GroupBy   []string       `json:"groupBy"`
		Window    string         `json:"window"`
		Interval  string         `json:"interval"`
		Title     string         `json:"title"`
		Text      string         `json:"text"`
		Tags      []string       `json:"tags"`
	} `json:"target"`
}

type variable struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Hide       int             `json:"hide"`
	Multi      bool            `json:"multi"`
	IncludeAll bool            `json:"includeAll"`
	AllValue   string          `json:"allValue"`
	Refresh    int             `json:"refresh"`
	Datasource datasource      `json:"datasource"`
	Query      json.RawMessage `json:"query"`
}

type panel struct {
	ID          int64      `json:"id"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Collapsed   *bool      `json:"collapsed"`
	Datasource  datasource `json:"datasource"`
	GridPos     grid       `json:"gridPos"`
	Targets     []target   `json:"targets"`
	Panels      []panel    `json:"panels"`
	FieldConfig struct {
		Defaults struct {
			Unit       string `json:"unit"`
			NoValue    string `json:"noValue"`
			Thresholds struct {
				Steps []catalog.Threshold `json:"steps"`
			} `json:"thresholds"`
		} `json:"defaults"`
		Overrides []override `json:"overrides"`
	} `json:"fieldConfig"`
}

type override struct {
	Matcher struct {
		ID      string `json:"id"`
		Options string `json:"options"`
	} `json:"matcher"`
	Properties []struct {
		ID    string `json:"id"`
		Value any    `json:"value"`
	} `json:"properties"`
}

// unitOf returns the unit of a query's result. An override can set the unit for the query or,
// in a table, for the query's column. Without such an override, the panel's unit applies.
func (p panel) unitOf(q target) string {
	for _, o := range p.FieldConfig.Overrides {
		isOfQuery := o.Matcher.ID == "byFrameRefID" && o.Matcher.Options == q.RefID
		if p.Type == "table" {
			isOfQuery = o.Matcher.ID == "byName" && o.Matcher.Options == q.Legend
		}
		for _, property := range o.Properties {
			if unit, ok := property.Value.(string); ok && isOfQuery && property.ID == "unit" {
				return unit
			}
		}
	}
	return p.FieldConfig.Defaults.Unit
}

type grid struct{ X, Y, W, H int }

func (g grid) overlaps(o grid) bool {
	return g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H
}

type target struct {
	RefID      string         `json:"refId"`
	QueryType  string         `json:"queryType"`
	Metric     string         `json:"metric"`
	Params     catalog.Params `json:"params"`
	GroupBy    []string       `json:"groupBy"`
	Legend     string         `json:"legendFormat"`
	Range      bool           `json:"range"`
	Instant    bool           `json:"instant"`
	Datasource datasource     `json:"datasource"`

	// Fields of a report query.
	Section     string   `json:"section"`
	EndpointIDs []string `json:"endpointIds"`
	Timeframe   string   `json:"timeframe"`
}

// visualizations returns the panels that aren't rows.
func visualizations(d dashboard) []panel {
	var list []panel
	for _, p := range d.Panels {
		if p.Type == "row" {
			list = append(list, p.Panels...)
		} else {
			list = append(list, p)
		}
	}
	return list
}

// load reads the files that Grafana's provisioning reads: every JSON file in this folder and
// below.
func load(t *testing.T) map[string]dashboard {
	t.Helper()
	all := map[string]dashboard{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d := dashboard{text: text}
		if err := json.Unmarshal(text, &d); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if d.UID+".json" != path {
			t.Errorf("%s has the uid %q, which differs from the name of the file", path, d.UID)
		}
		all[d.UID] = d
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
