package provision

import (
	"encoding/json"
	"errors"
	"fmt"
)

// DataSource is one provisioned data source.
type DataSource struct {
	Name            string            `yaml:"name"`
	UID             string            `yaml:"uid"`
	Type            string            `yaml:"type"`
	Access          string            `yaml:"access"`
	OrgID           int64             `yaml:"orgId"`
	URL             string            `yaml:"url"`
	User            string            `yaml:"user"`
	Database        string            `yaml:"database"`
	BasicAuth       bool              `yaml:"basicAuth"`
	BasicAuthUser   string            `yaml:"basicAuthUser"`
	WithCredentials bool              `yaml:"withCredentials"`
	IsDefault       bool              `yaml:"isDefault"`
	Editable        bool              `yaml:"editable"`
	Version         int               `yaml:"version"`
	JSONData        map[string]any    `yaml:"jsonData"`
	SecureJSONData  map[string]string `yaml:"secureJsonData"`
}

type dataSourcesFile struct {
	APIVersion  int `yaml:"apiVersion"`
	DeleteFirst []struct {
		Name  string `yaml:"name"`
		OrgID int64  `yaml:"orgId"`
	} `yaml:"deleteDatasources"`
	DataSources []DataSource `yaml:"datasources"`
}

// JSON returns the data source's jsonData as Grafana passes it to a plugin.
func (d DataSource) JSON() (json.RawMessage, error) {
	if d.JSONData == nil {
		return json.RawMessage(`{}`), nil
	}
	body, err := json.Marshal(d.JSONData)
	if err != nil {
		return nil, fmt.Errorf("data source %s: jsonData: %w", d.UID, err)
	}
	return body, nil
}

func readDataSources(dir string, env Env) ([]DataSource, error) {
	files, err := yamlFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []DataSource
	var errs []error
	for _, file := range files {
		sources, err := DataSources(file, env)
		all, errs = append(all, sources...), append(errs, err)
	}
	return all, errors.Join(errs...)
}

// DataSources reads one provisioning file of data sources.
func DataSources(file string, env Env) ([]DataSource, error) {
	var content dataSourcesFile
	if err := decodeStrict(file, &content); err != nil {
		return nil, err
	}
	var errs []error
	e := &expander{file: file, env: env}
	for i := range content.DataSources {
		d := &content.DataSources[i]
		d.expand(e, fmt.Sprintf("datasources[%d]", i))
		errs = append(errs, d.check(file))
	}
	errs = append(errs, checkAPIVersion(file, content.APIVersion), e.err())
	return content.DataSources, errors.Join(errs...)
}

func (d *DataSource) expand(e *expander, key string) {
	e.text(key+".name", &d.Name)
	e.text(key+".uid", &d.UID)
	e.text(key+".type", &d.Type)
	e.text(key+".access", &d.Access)
	e.text(key+".url", &d.URL)
	e.text(key+".user", &d.User)
	e.text(key+".database", &d.Database)
	e.text(key+".basicAuthUser", &d.BasicAuthUser)
	e.tree(key+".jsonData", d.JSONData)
	for name, value := range d.SecureJSONData {
		e.text(key+".secureJsonData."+name, &value)
		d.SecureJSONData[name] = value
	}
}

// check requires a name, a type and a uid. If the uid is missing, Grafana derives one from the
// name. Alert rules and dashboards can't rely on such a uid.
func (d *DataSource) check(file string) error {
	for key, value := range map[string]string{"name": d.Name, "uid": d.UID, "type": d.Type} {
		if value == "" {
			return fmt.Errorf("%s: data source %q: %s is missing", file, d.Name, key)
		}
	}
	return nil
}
