package host

import (
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Settings returns the settings of a provisioned data source as Grafana passes them to
// the plugin, with decrypted secrets.
func Settings(source provision.DataSource) (backend.DataSourceInstanceSettings, error) {
	jsonData, err := source.JSON()
	if err != nil {
		return backend.DataSourceInstanceSettings{}, err
	}
	return backend.DataSourceInstanceSettings{
		ID:                      1,
		UID:                     source.UID,
		Type:                    source.Type,
		Name:                    source.Name,
		URL:                     source.URL,
		User:                    source.User,
		Database:                source.Database,
		BasicAuthEnabled:        source.BasicAuth,
		BasicAuthUser:           source.BasicAuthUser,
		JSONData:                jsonData,
		DecryptedSecureJSONData: source.SecureJSONData,
		Updated:                 time.Now(),
	}, nil
}
