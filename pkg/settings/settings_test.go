package settings

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestLoad(t *testing.T) {
	s, err := Load(" http://prom:9090 ", []byte(`{"timeInterval":"30s","queryTimeout":"2m","httpMethod":"get","responseLimitMiB":1,"seriesLimit":5,"sampleLimit":6,"partialData":true,"maxRetries":0,"packs":"pack: own","disabledPacks":["lango"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{URL: "http://prom:9090", Method: "GET", ScrapeInterval: 30 * time.Second, QueryTimeout: 2 * time.Minute, MaxBytes: 1 << 20, MaxSeries: 5, MaxSamples: 6, Partial: true, Packs: "pack: own", DisabledPacks: []string{"lango"}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestDefaultsEndBeforeAnAlertsEvaluation(t *testing.T) {
	s, err := Load("http://prom:9090", nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != "POST" || s.ScrapeInterval != 15*time.Second || s.QueryTimeout >= 30*time.Second || s.MaxRetries != 2 {
		t.Errorf("got %+v", s)
	}
}

func TestLoadNamesTheSetting(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{`[]`, "not a JSON object"},
		{`{"timeInterval":"often"}`, "timeInterval"},
		{`{"timeInterval":15}`, "timeInterval"},
		{`{"queryTimeout":"-1s"}`, "queryTimeout"},
		{`{"httpMethod":"PUT"}`, "httpMethod"},
		{`{"responseLimitMiB":0}`, "responseLimitMiB"},
		{`{"maxRetries":99}`, "maxRetries"},
		{`{"seriesLimit":0}`, "seriesLimit"},
		{`{"serverName":7}`, "serverName"},
		{`{"httpHeaderName1":{}}`, "httpHeaderName1"},
		{`{"packs":[]}`, "setting packs can't be a JSON array"},
		{`{"disabledPacks":"lango"}`, "setting disabledPacks can't be a JSON string"},
		{`{"disabledPacks":[1]}`, "setting disabledPacks can't be a JSON number"},
		{`{"timeout":-1}`, "timeout (timeout) must be from 0"},
		{`{"timeout":"soon"}`, "timeout (timeout) must be from 0"},
		{`{"timeout":"NaN"}`, "timeout (timeout) must be from 0"},
		{`{"timeout":[]}`, "timeout (timeout) must be from 0"},
	} {
		_, err := Load("http://prom:9090", []byte(test.data))
		if f := fault.As(err); err == nil || f.Kind != fault.Misconfigured || !strings.Contains(f.Text, test.want) {
			t.Errorf("%s: got %v, want %q", test.data, err, test.want)
		}
	}
}

// TestTheShorterTimeoutCounts: that of a query, or the one among Grafana's HTTP
// settings.
func TestTheShorterTimeoutCounts(t *testing.T) {
	for _, test := range []struct {
		data string
		want time.Duration
	}{
		{`{"timeout":60}`, time.Minute},
		{`{"timeout":"10"}`, 10 * time.Second},
		{`{"timeout":60,"queryTimeout":"2m"}`, time.Minute},
		{`{"timeout":60,"queryTimeout":"30s"}`, 30 * time.Second},
		{`{"timeout":0,"queryTimeout":"2m"}`, 2 * time.Minute},
		{`{"timeout":""}`, 25 * time.Second},
		{`{"timeout":null}`, 25 * time.Second},
	} {
		if s, err := Load("http://prom:9090", []byte(test.data)); err != nil || s.QueryTimeout != test.want {
			t.Errorf("%s: %v, %v", test.data, s.QueryTimeout, err)
		}
	}
}
