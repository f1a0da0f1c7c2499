package plugin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

func TestSecretsOfSettingsAreMasked(t *testing.T) {
	stored := backend.DataSourceInstanceSettings{
		URL: "http://reader:in-the-url@prometheus:9090/?key=in-the-query",
		DecryptedSecureJSONData: map[string]string{
			"basicAuthPassword": "in-basic-auth", "sigV4SecretKey": "in-sigv4", "tlsClientKey": "-----BEGIN KEY-----\nin-tls\n-----END KEY-----",
			"httpHeaderValue1": "in-a-header", "httpHeaderValue2": "2",
		},
	}
	header := http.Header{"X-Api-Key": {"in-a-header"}, "X-Scope-Orgid": {"2"}}
	mask := errortext.NewMasker(secrets(stored, header, url.Values{"token": {"in-a-parameter"}, "dedup": {"true"}}))
	got := mask.Mask("in-the-url in-the-query in-basic-auth in-sigv4 in-a-header in-a-parameter -----BEGIN KEY----- in-tls -----END KEY----- 2 true")
	if want := strings.Repeat("*** ", 7) + "2 true"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	stored.URL = "http://only-a-token@prometheus:9090"
	if got := errortext.NewMasker(secrets(stored, nil, nil)).Mask("for only-a-token"); got != "for ***" {
		t.Errorf("got %q", got)
	}
}
