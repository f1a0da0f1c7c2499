package settings

import (
	"net/http"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// FuzzLoad checks that Load returns valid settings or an error for any stored data.
func FuzzLoad(f *testing.F) {
	for _, data := range []string{
		``, `null`, `{}`, `[]`, `{"timeInterval":`,
		`{"timeInterval":"30s","queryTimeout":"2m","httpMethod":"get","responseLimitMiB":0.5,"seriesLimit":5,"sampleLimit":6,"partialData":true,"maxRetries":0}`,
		`{"timeInterval":"106751d","queryTimeout":"-1s"}`,
		`{"responseLimitMiB":1e308,"seriesLimit":-9223372036854775808}`,
		`{"responseLimitMiB":1048577,"TIMEINTERVAL":"1y","maxRetries":10.5}`,
		`{"httpHeaderName1":null,"sigV4Auth":true,"url":{}}`,
		`{"disabledPacks":["lango",null,""],"timeout":"1e-9"}`,
		`{"customQueryParameters":"a=b&a=c;%zz","exemplarTraceIdDestinations":[{"name":"trace_id","datasourceUid":"tempo"},null]}`,
	} {
		f.Add("http://prometheus:9090", []byte(data))
	}
	f.Fuzz(func(t *testing.T, url string, data []byte) {
		s, problems, err := Load(url, data)
		if err != nil {
			if e := fault.As(err); e.Kind != fault.Misconfigured || !strings.HasPrefix(e.Text, "The data source's ") {
				t.Errorf("%s: %v", data, err)
			}
			return
		}
		for _, problem := range problems {
			if !strings.HasPrefix(problem.Text, "The data source's ") || !strings.Contains(problem.Text, problem.Setting) {
				t.Errorf("%s: %s", data, problem.Text)
			}
		}
		switch {
		case s.URL != strings.TrimSpace(url):
			t.Errorf("URL %q", s.URL)
		case s.Method != http.MethodGet && s.Method != http.MethodPost:
			t.Errorf("method %q", s.Method)
		case s.ScrapeInterval <= 0 || s.QueryTimeout < minTimeout || s.QueryTimeout > maxTimeout:
			t.Errorf("scrape interval %v, query timeout %v", s.ScrapeInterval, s.QueryTimeout)
		case s.MaxBytes < 1<<16 || s.MaxBytes > 1<<40:
			t.Errorf("at most %d bytes", s.MaxBytes)
		case s.MaxSeries < 1 || s.MaxSeries > 1e7 || s.MaxSamples < 1 || s.MaxSamples > 1e9:
			t.Errorf("at most %d series, %d samples", s.MaxSeries, s.MaxSamples)
		case len(s.DisabledPacks) > maxDisabledPacks || len(s.TraceLinks) > maxTraceLinks:
			t.Errorf("%d disabled packs, %d trace links", len(s.DisabledPacks), len(s.TraceLinks))
		case s.MaxRetries < 0 || s.MaxRetries > 10:
			t.Errorf("%d retries", s.MaxRetries)
		}
	})
}
