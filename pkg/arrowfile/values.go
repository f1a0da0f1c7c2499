package arrowfile

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"

// Values creates the columns of the values of series. The columns have the same name, and the
// same configuration except for the display name.
type Values struct {
	name   string
	config []byte // JSON without the first brace
	json   []byte // of the labels and configurations of the columns
}

// NewValues returns Values. config is the JSON of the configuration without a display name.
func NewValues(name string, config []byte) *Values { return &Values{name: name, config: config[1:]} }

// Reuse makes the memory of the metadata of previous columns free.
func (v *Values) Reuse() { v.json = v.json[:0] }

// Column returns a column of the type Float with the given labels and display name, without
// cells.
func (v *Values) Column(labels series.Labels, displayName string) Column {
	c := Column{Name: v.name, Type: Float}
	start := len(v.json)
	v.json = append(v.json, '{')
	for i, label := range labels {
		if i > 0 {
			v.json = append(v.json, ',')
		}
		v.json = append(appendString(v.json, label.Name), ':')
		v.json = appendString(v.json, label.Value)
	}
	v.json = append(v.json, '}')
	c.Labels, start = v.json[start:len(v.json):len(v.json)], len(v.json)

	v.json = append(v.json, '{')
	if displayName != "" {
		v.json = appendString(append(v.json, `"displayNameFromDS":`...), displayName)
		if len(v.config) > 1 {
			v.json = append(v.json, ',')
		}
	}
	v.json = append(v.json, v.config...)
	c.Config = v.json[start:len(v.json):len(v.json)]
	return c
}
