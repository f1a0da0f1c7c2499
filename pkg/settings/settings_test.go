package settings

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

func TestLoad(t *testing.T) {
	s := load(t, `{"timeInterval":"30s","queryTimeout":"2m","httpMethod":"get","responseLimitMiB":1,"seriesLimit":5,"sampleLimit":6,"partialData":true,"partialAlerts":true,"showInfos":true,"maxRetries":0,"packs":"pack: shop","disabledPacks":["lango"]}`)
	want := Settings{URL: "http://prom:9090", Method: "GET", ScrapeInterval: 30 * time.Second, QueryTimeout: 2 * time.Minute, MaxBytes: 1 << 20, MaxSeries: 5, MaxSamples: 6, Partial: true, PartialAlerts: true, Infos: true, Packs: "pack: shop", DisabledPacks: []string{"lango"}, Report: policy.Default()}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

// load returns the settings of Load. The test fails if Load reports a problem or an error.
func load(t *testing.T, data string) Settings {
	t.Helper()
	s, problems, err := Load(" http://prom:9090 ", []byte(data))
	if err != nil || len(problems) > 0 {
		t.Fatalf("%s: %v, %v", data, problems, err)
	}
	return s
}

func TestDefaultTimeoutIsShorterThanAlertEvaluation(t *testing.T) {
	s := load(t, "")
	if s.Method != "POST" || s.ScrapeInterval != 15*time.Second || s.QueryTimeout >= 30*time.Second || s.MaxRetries != 2 {
		t.Errorf("got %+v", s)
	}
}

// TestLoadAcceptsOtherTypes: Grafana's Prometheus data source, forms and provisioning files
// store some settings as other types.
func TestLoadAcceptsOtherTypes(t *testing.T) {
	for _, test := range []struct {
		data string
		want func(*Settings)
	}{
		{`{"timeInterval":"10"}`, func(s *Settings) { s.ScrapeInterval = 10 * time.Second }},
		{`{"timeInterval":10}`, func(s *Settings) { s.ScrapeInterval = 10 * time.Second }},
		{`{"timeInterval":"0s"}`, nil},
		{`{"timeInterval":0}`, nil},
		{`{"timeInterval":""}`, nil},
		{`{"timeInterval":null}`, nil},
		{`{"timeInterval":">30s"}`, func(s *Settings) { s.ScrapeInterval = 30 * time.Second }},
		{`{"timeInterval":" 20s "}`, func(s *Settings) { s.ScrapeInterval = 20 * time.Second }},
		{`{"timeInterval":"1d12h"}`, func(s *Settings) { s.ScrapeInterval = 36 * time.Hour }},
		{`{"queryTimeout":"60"}`, func(s *Settings) { s.QueryTimeout = time.Minute }},
		{`{"queryTimeout":1.5}`, func(s *Settings) { s.QueryTimeout = 1500 * time.Millisecond }},
		{`{"queryTimeout":"0"}`, nil},
		{`{"httpMethod":""}`, nil},
		{`{"httpMethod":" get "}`, func(s *Settings) { s.Method = "GET" }},
		{`{"responseLimitMiB":"0.5","seriesLimit":"1000","sampleLimit":2000.0,"maxRetries":"0"}`, func(s *Settings) {
			s.MaxBytes, s.MaxSeries, s.MaxSamples, s.MaxRetries = 1<<19, 1000, 2000, 0
		}},
		{`{"responseLimitMiB":"","seriesLimit":null,"sampleLimit":" "}`, nil},
		{`{"partialData":"true"}`, func(s *Settings) { s.Partial = true }},
		{`{"partialData":""}`, nil},
		{`{"customQueryParameters":null}`, nil},
		{`{"customQueryParameters":"?a=b"}`, func(s *Settings) { s.CustomParams = "?a=b" }},
		{`{"exemplarTraceIdDestinations":{"name":"trace_id","url":"http://x"}}`, func(s *Settings) {
			s.TraceLinks = []frames.TraceLink{{Label: "trace_id", URL: "http://x"}}
		}},
		{`{"exemplarTraceIdDestinations":[null,{"name":"trace_id","datasourceUid":5,"url":null}]}`, func(s *Settings) {
			s.TraceLinks = []frames.TraceLink{{Label: "trace_id", DatasourceUID: "5"}}
		}},
		{`{"auditOtlpUrl":" http://collector:4318/ "}`, func(s *Settings) { s.AuditEndpoint.URL = "http://collector:4318/v1/logs" }},
		{`{"exemplarTraceIdDestinations":null,"packs":null,"disabledPacks":null}`, nil},
		{`{"packs":["pack: a","pack: b"]}`, func(s *Settings) { s.Packs = "pack: a\n---\npack: b" }},
		{`{"packs":{"pack":"a"}}`, func(s *Settings) { s.Packs = `{"pack":"a"}` }},
		{`{"disabledPacks":"lango, tango"}`, func(s *Settings) { s.DisabledPacks = []string{"lango", "tango"} }},
		{`{"disabledPacks":["lango",null,""]}`, func(s *Settings) { s.DisabledPacks = []string{"lango"} }},
		{`{"serverName":null,"url":{},"sigV4Region":null}`, nil},
		{`{"access":"proxy"}`, nil},
		{`{"access":" direct "}`, nil},
		{`{"access":null}`, nil},
		{`{"access":""}`, func(s *Settings) { s.Access = new("") }},
		{`{"access":" \n"}`, func(s *Settings) { s.Access = new(" \n") }},
		{`{"access":"rules: []"}`, func(s *Settings) { s.Access = new("rules: []") }},
		{`{"access":{"rules":[]}}`, func(s *Settings) { s.Access = new(`{"rules":[]}`) }},
		{`{"access":5}`, func(s *Settings) { s.Access = new("5") }},
		{`{"cacheLevel":"High","incrementalQuerying":true,"incrementalQueryOverlapWindow":"10m","prometheusType":"Mimir","prometheusVersion":"2.9.1",
			"disableRecordingRules":true,"manageAlerts":true,"alertmanagerUid":"a","allowAsRecordingRulesTarget":false,"defaultEditor":"code",
			"disableMetricsLookup":true,"seriesEndpoint":true,"codeModeMetricNamesSuggestionLimit":100,"keepCookies":[],"directUrl":""}`, nil},
	} {
		want := defaults("http://prom:9090")
		if test.want != nil {
			test.want(&want)
		}
		if got := load(t, test.data); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", test.data, got, want)
		}
	}
}

func TestInvalidSettingKeepsDefault(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{`{"timeInterval":"often"}`, `The data source's scrape interval (timeInterval) can't be "often". Write a duration such as 15s, of at most 366 days. Until then, it is 15s.`},
		{`{"timeInterval":["15s"]}`, `scrape interval (timeInterval) can't be ["15s"]`},
		{`{"timeInterval":"$interval"}`, "timeInterval"},
		{`{"timeInterval":"2y"}`, "timeInterval"},
		{`{"queryTimeout":"-1s"}`, "Until then, it is 25s."},
		{`{"queryTimeout":"106751d"}`, "Until then, it is 25s."},
		{`{"queryTimeout":"5ms"}`, `can't be "5ms". Write a duration from 10ms to 24h, such as 15s. Until then, it is 25s.`},
		{`{"queryTimeout":1e300}`, "Until then, it is 25s."},
		{`{"httpMethod":"PUT"}`, `HTTP method (httpMethod) can't be "PUT". Use GET or POST. Until then, it is POST.`},
		{`{"httpMethod":1}`, "httpMethod"},
		{`{"responseLimitMiB":0}`, "Write a number of MiB from 0.1 to 1048576. Until then, it is 256."},
		{`{"responseLimitMiB":"much"}`, "responseLimitMiB"},
		{`{"responseLimitMiB":1e-9}`, "responseLimitMiB"},
		{`{"responseLimitMiB":1048577}`, "responseLimitMiB"},
		{`{"maxRetries":99}`, "Write a whole number from 0 to 10. Until then, it is 2."},
		{`{"maxRetries":1.5}`, "maxRetries"},
		{`{"seriesLimit":0}`, "Write a whole number from 1 to 10000000. Until then, it is 50000."},
		{`{"sampleLimit":1e300}`, "Until then, it is 10000000."},
		{`{"partialData":"perhaps"}`, "Write true or false. Until then, it is off."},
		{`{"disabledPacks":7}`, "Write a list of at most 100 names of packs, each of at most 200 bytes. Until then, no pack is disabled."},
		{`{"disabledPacks":[{}]}`, "disabledPacks"},
		{`{"exemplarTraceIdDestinations":"tempo"}`, "Write a list of at most 100 objects, each with name and with datasourceUid or url. A text has at most 4096 bytes. Until then, the valid objects among the first 100 are used."},
		{`{"exemplarTraceIdDestinations":["tempo",{"name":[]}]}`, "exemplarTraceIdDestinations"},
		{`{"auditOtlpUrl":7}`, "The data source's OTLP endpoint of audit events (auditOtlpUrl) is invalid. Write a string. Until then, audit events are not exported."},
		{`{"auditOtlpUrl":"collector:4318"}`, "The URL must be complete, with http or https, such as http://collector:4318/v1/logs. Until then"},
		{`{"auditOtlpUrl":"http://a:b@collector:4318"}`, "(auditOtlpUrl) is invalid. The URL must not contain a user or a password. Enter a token instead. Until then"},
		{`{"timeout":-1}`, "HTTP timeout (timeout) can't be -1. Write a number of seconds from 0.01 to 86400, or 0 for no HTTP timeout. Until then, there is no HTTP timeout."},
		{`{"timeout":"1e-9"}`, "Write a number of seconds from 0.01"},
		{`{"timeout":1e-10}`, "Write a number of seconds from 0.01"},
		{`{"timeout":0.0099}`, "Write a number of seconds from 0.01"},
		{`{"timeout":"soon"}`, "timeout"},
		{`{"timeout":"NaN"}`, "timeout"},
		{`{"timeout":[]}`, "timeout"},
		{`{"tlsSkipVerify":"true"}`, "(tlsSkipVerify) can't be \"true\". Write true or false. Until then, it is off."},
		{`{"httpMethod":"` + strings.Repeat("x", 1000) + `"}`, "x…. Use GET"},
		{`{"httpMethod":"` + strings.Repeat("ä", 1000) + `"}`, `can't be "` + strings.Repeat("ä", maxShown-1) + "…. Use GET"},
	} {
		s, problems, err := Load("http://prom:9090", []byte(test.data))
		if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, test.want) {
			t.Errorf("%s: got %v, %v, want %q", test.data, problems, err, test.want)
		}
		if !reflect.DeepEqual(s, defaults("http://prom:9090")) {
			t.Errorf("%s: got %+v", test.data, s)
		}
	}
}

func TestInvalidTraceLinkIsSkipped(t *testing.T) {
	s, problems, err := Load("", []byte(`{"exemplarTraceIdDestinations":[7,{"name":"trace_id"}]}`))
	if err != nil || len(problems) != 1 || len(s.TraceLinks) != 1 {
		t.Errorf("got %+v, %v, %v", s.TraceLinks, problems, err)
	}
}

// TestInvalidCredentialsAreErrors: if one of these settings were ignored, requests would have
// other credentials or lack a restriction.
func TestInvalidCredentialsAreErrors(t *testing.T) {
	for _, test := range []struct{ data, want string }{
		{`[]`, "not a JSON object"},
		{`{"timeInterval":`, "not a JSON object"},
		{`{"serverName":7}`, "serverName must be a string"},
		{`{"basicAuthUser":["a"]}`, "basicAuthUser must be a string"},
		{`{"sigV4Region":true}`, "sigV4Region must be a string"},
		{`{"sigV4Auth":true}`, "which this plugin doesn't support"},
		{`{"sigV4Auth":"true"}`, "which this plugin doesn't support"},
		{`{"tlsAuth":"true"}`, "tlsAuth is \"true\". Write true or false"},
		{`{"oauthPassThru":1}`, "oauthPassThru is 1. Write true or false"},
		{`{"httpHeaderName1":""}`, "httpHeaderName1 is \"\", which is not a valid name of an HTTP header"},
		{`{"httpHeaderName2":"X Y"}`, "httpHeaderName2 is \"X Y\""},
		{`{"httpHeaderName1":{}}`, "httpHeaderName1 must be a string"},
		{`{"httpHeaderName1":null}`, "httpHeaderName1 must be a string"},
		{`{"customQueryParameters":{"extra_label":"tenant=a"}}`, "customQueryParameters must be a string"},
	} {
		_, _, err := Load("http://prom:9090", []byte(test.data))
		if f := fault.As(err); err == nil || f.Kind != fault.Misconfigured || !strings.Contains(f.Text, test.want) {
			t.Errorf("%s: got %v, want %q", test.data, err, test.want)
		}
	}
}

func TestForSDK(t *testing.T) {
	for data, want := range map[string]string{
		`{"access":5,"url":{},"serverName":null,"timeout":30}`: `{"timeout":30}`,
		`{"a":1.50}`: `{"a":1.50}`,
		`[`:          `[`,
		``:           ``,
		`null`:       `null`,
	} {
		if got := string(ForSDK([]byte(data))); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}

func TestShorterTimeoutApplies(t *testing.T) {
	for _, test := range []struct {
		data string
		want time.Duration
	}{
		{`{"timeout":60}`, time.Minute},
		{`{"timeout":"10"}`, 10 * time.Second},
		{`{"timeout":25,"queryTimeout":"2m"}`, 25 * time.Second},
		{`{"timeout":60,"queryTimeout":"0s"}`, time.Minute},
		{`{"timeout":60,"queryTimeout":"2m"}`, time.Minute},
		{`{"timeout":60,"queryTimeout":"30s"}`, 30 * time.Second},
		{`{"timeout":0,"queryTimeout":"2m"}`, 2 * time.Minute},
		{`{"timeout":0.01}`, 10 * time.Millisecond},
		{`{"timeout":""}`, 25 * time.Second},
		{`{"timeout":null}`, 25 * time.Second},
	} {
		if s := load(t, test.data); s.QueryTimeout != test.want {
			t.Errorf("%s: %v", test.data, s.QueryTimeout)
		}
	}
}
