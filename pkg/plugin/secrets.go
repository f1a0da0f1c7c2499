package plugin

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// secrets returns the values that must not appear in error messages: encrypted settings,
// custom headers and parameters, and the credentials and parameters of the URL.
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
		if !strings.HasPrefix(name, "httpHeaderValue") { // the parameter header contains these values
			all = append(all, errortext.Secret{Name: name, Value: value})
		}
	}
	add(header)
	add(params)
	if address, err := url.Parse(stored.URL); err == nil {
		add(address.Query())
		password, ok := address.User.Password()
		if !ok {
			password = address.User.Username() // a user name without password may be a token
		}
		all = append(all, errortext.Secret{Name: "password", Value: password})
	}
	return all
}
