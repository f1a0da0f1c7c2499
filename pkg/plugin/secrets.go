package plugin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// secrets are the values that a data source sends with its requests and that no
// error may show, whatever the server answers: its encrypted settings, custom headers
// and parameters, and those that its URL contains.
func secrets(stored backend.DataSourceInstanceSettings, header http.Header, params url.Values) []errortext.Secret {
	var all []errortext.Secret
	add := func(values map[string][]string) {
		for name, list := range values {
			for _, value := range list {
				all = append(all, errortext.Secret{Name: name, Value: value})
			}
		}
	}
	for name, value := range stored.DecryptedSecureJSONData {
		if !strings.HasPrefix(name, "httpHeaderValue") { // which header has by its own name
			all = append(all, errortext.Secret{Name: name, Value: value})
		}
	}
	add(header)
	add(params)
	if address, err := url.Parse(stored.URL); err == nil {
		add(address.Query())
		password, ok := address.User.Password()
		if !ok {
			password = address.User.Username() // which is a token where it stands alone
		}
		all = append(all, errortext.Secret{Name: "password", Value: password})
	}
	return all
}
