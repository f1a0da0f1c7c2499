package plugin

import (
	"strconv"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestTooManyCredentialsFailEveryQuery: leaving some out would send requests as somebody
// else.
func TestTooManyCredentialsFailEveryQuery(t *testing.T) {
	many := map[string]string{}
	for i := range 1000 {
		many["key"+strconv.Itoa(i)] = "x"
	}
	for _, test := range []struct {
		name, want string
		settings   backend.DataSourceInstanceSettings
	}{
		{"encrypted settings", "encrypted settings are 1000", backend.DataSourceInstanceSettings{DecryptedSecureJSONData: many}},
		{"a header's value", "custom HTTP headers have", backend.DataSourceInstanceSettings{
			JSONData:                []byte(`{"httpHeaderName1":"X-A"}`),
			DecryptedSecureJSONData: map[string]string{"httpHeaderValue1": strings.Repeat("x", 100_000)},
		}},
		{"custom query parameters", "custom query parameters have", backend.DataSourceInstanceSettings{
			JSONData: []byte(`{"customQueryParameters":"a=` + strings.Repeat("x", 100_000) + `"}`),
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.settings.URL = "http://prometheus:9090"
			made, err := NewInstance(t.Context(), test.settings)
			if err != nil {
				t.Fatal(err)
			}
			d := made.(*DataSource)
			defer d.Dispose()
			answer := ask(t, d, nil, `{"expr":"up"}`)["A"]
			if answer.Status != 400 || answer.Error == nil || !strings.Contains(answer.Error.Error(), test.want) || len(answer.Error.Error()) > 500 {
				t.Errorf("status %d, %v", answer.Status, answer.Error)
			}
		})
	}
}
