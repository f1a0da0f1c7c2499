package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Values describes the values of a result. The fields with the values contain the description
// in their configuration, where panels, Explore and the previews of alert rules read it.
type Values struct {
	Unit        string  // Grafana unit id
	Decimals    *uint16 // nil is Grafana's default
	Description string
}

// config returns the configuration of a field with values.
func (v Values) config(displayName string) *data.FieldConfig {
	return &data.FieldConfig{DisplayNameFromDS: displayName, Unit: v.Unit, Decimals: v.Decimals, Description: v.Description}
}

// value returns the field Value of a series.
func (o Options) value(labels series.Labels, name string, values []float64) *data.Field {
	field := data.NewField(valueField, labels.Map(), values)
	field.Config = o.Values.config(name)
	return field
}
