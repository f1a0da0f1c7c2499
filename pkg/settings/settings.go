// Package settings turns what Grafana stores of a data source into one checked
// struct. plugin reads it once per instance.
package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
)

// Settings of one data source.
type Settings struct {
	URL            string             // base URL of the Prometheus API
	Method         string             // POST or GET
	ScrapeInterval time.Duration      // how often Prometheus scrapes; the smallest useful step
	QueryTimeout   time.Duration      // of one query with its retries
	MaxBytes       int64              // of one answer
	MaxSeries      int                // of one answer
	MaxSamples     int                // of one answer
	Partial        bool               // an answer over MaxSeries or MaxSamples is cut and marked, instead of refused
	MaxRetries     int                // of failures without a limit of their own
	CustomParams   string             // sent with every request to the API, written as in a URL
	TraceLinks     []frames.TraceLink // where trace ids of exemplars lead
	Packs          string             // YAML of the user's own packs
	DisabledPacks  []string           // names of built-in packs that are turned off; a later version may not have them
}

// The defaults protect Grafana: the timeout ends before an alert's evaluation
// does (30 s), and an answer fits several times into a small server's memory.
const (
	defaultScrapeInterval = 15 * time.Second
	defaultQueryTimeout   = 25 * time.Second
	defaultMaxMiB         = 256
	defaultMaxSeries      = 50_000
	defaultMaxSamples     = 20_000_000
	defaultMaxRetries     = 2
)

// jsonData are the keys of the data source's jsonData that are ours. Names that
// Grafana's Prometheus data source has mean here what they mean there.
type jsonData struct {
	TimeInterval  string             `json:"timeInterval"`
	QueryTimeout  string             `json:"queryTimeout"`
	HTTPMethod    string             `json:"httpMethod"`
	ResponseLimit *float64           `json:"responseLimitMiB"`
	MaxSeries     *int               `json:"seriesLimit"`
	MaxSamples    *int               `json:"sampleLimit"`
	Partial       bool               `json:"partialData"`
	MaxRetries    *int               `json:"maxRetries"`
	CustomParams  string             `json:"customQueryParameters"`
	TraceLinks    []frames.TraceLink `json:"exemplarTraceIdDestinations"`
	Packs         string             `json:"packs"`
	DisabledPacks []string           `json:"disabledPacks"`
	Timeout       any                `json:"timeout"` // the SDK's own: seconds of one request, a number or text
}

// Load reads a data source's URL and jsonData. Its errors are
// fault.Misconfigured and name the setting.
func Load(url string, data []byte) (Settings, error) {
	s := Settings{
		URL:            strings.TrimSpace(url),
		Method:         http.MethodPost,
		ScrapeInterval: defaultScrapeInterval,
		QueryTimeout:   defaultQueryTimeout,
		MaxBytes:       defaultMaxMiB << 20,
		MaxSeries:      defaultMaxSeries,
		MaxSamples:     defaultMaxSamples,
		MaxRetries:     defaultMaxRetries,
	}
	if err := checkTexts(data); err != nil {
		return s, err
	}
	var stored jsonData
	if len(data) > 0 {
		err := json.Unmarshal(data, &stored)
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return s, fault.New(fault.Misconfigured, "The data source's setting %s can't be a JSON %s.", wrong.Field, wrong.Value)
		}
		if err != nil {
			return s, fault.New(fault.Misconfigured, "The data source's settings can't be read: %v.", err)
		}
	}
	for _, d := range []struct {
		name, text string
		to         *time.Duration
	}{
		{"scrape interval (timeInterval)", stored.TimeInterval, &s.ScrapeInterval},
		{"query timeout (queryTimeout)", stored.QueryTimeout, &s.QueryTimeout},
	} {
		if d.text == "" {
			continue
		}
		value, err := gtime.ParseDuration(d.text)
		if err != nil || value <= 0 {
			return s, fault.New(fault.Misconfigured, "The data source's %s is %q: write a duration such as 15s.", d.name, d.text)
		}
		*d.to = value
	}
	if err := s.limitRequests(stored); err != nil {
		return s, err
	}
	if stored.HTTPMethod != "" {
		s.Method = strings.ToUpper(stored.HTTPMethod)
		if s.Method != http.MethodGet && s.Method != http.MethodPost {
			return s, fault.New(fault.Misconfigured, "The data source's HTTP method (httpMethod) is %q: use GET or POST.", stored.HTTPMethod)
		}
	}
	if stored.ResponseLimit != nil {
		if *stored.ResponseLimit <= 0 || *stored.ResponseLimit > 1<<20 {
			return s, fault.New(fault.Misconfigured, "The data source's response limit (responseLimitMiB) must be more than 0 MiB and at most 1 TiB.")
		}
		s.MaxBytes = max(1, int64(*stored.ResponseLimit*(1<<20)))
	}
	s.Partial, s.CustomParams, s.TraceLinks = stored.Partial, stored.CustomParams, stored.TraceLinks
	s.Packs, s.DisabledPacks = stored.Packs, stored.DisabledPacks
	for _, n := range []struct {
		name        string
		value       *int
		least, most int
		to          *int
	}{
		{"series limit (seriesLimit)", stored.MaxSeries, 1, 1e7, &s.MaxSeries},
		{"sample limit (sampleLimit)", stored.MaxSamples, 1, 1e9, &s.MaxSamples},
		{"retries (maxRetries)", stored.MaxRetries, 0, 10, &s.MaxRetries},
	} {
		if n.value == nil {
			continue
		}
		if *n.value < n.least || *n.value > n.most {
			return s, fault.New(fault.Misconfigured, "The data source's %s must be from %d to %d.", n.name, n.least, n.most)
		}
		*n.to = *n.value
	}
	return s, nil
}

// limitRequests lets the timeout among Grafana's HTTP settings end a query too: a
// query takes a request at least, so of two timeouts the shorter counts. Without a
// query timeout it takes the default's place. 0 is none.
func (s *Settings) limitRequests(stored jsonData) error {
	var seconds float64
	switch given := stored.Timeout.(type) {
	case nil:
	case float64:
		seconds = given
	case string:
		number, err := strconv.ParseFloat(cmp.Or(given, "0"), 64)
		if err != nil {
			number = -1
		}
		seconds = number
	default:
		seconds = -1
	}
	const most = 24 * 60 * 60
	if !(seconds >= 0 && seconds <= most) {
		return fault.New(fault.Misconfigured, "The data source's HTTP timeout (timeout) must be from 0 to %d seconds.", most)
	}
	timeout := time.Duration(seconds * float64(time.Second))
	if timeout > 0 && (stored.QueryTimeout == "" || timeout < s.QueryTimeout) {
		s.QueryTimeout = timeout
	}
	return nil
}

// checkTexts refuses settings of a wrong type that the SDK takes for text
// without looking, and would panic on.
func checkTexts(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var stored map[string]any
	if err := json.Unmarshal(data, &stored); err != nil {
		return fault.New(fault.Misconfigured, "The data source's settings are not a JSON object: %v.", err)
	}
	texts := []string{"access", "url", "basicAuthUser", "serverName", "secureSocksProxyUsername"}
	for name, value := range stored {
		if !slices.Contains(texts, name) && !strings.HasPrefix(name, "httpHeaderName") && !strings.HasPrefix(name, "sigV4") {
			continue
		}
		if _, isText := value.(string); !isText && name != "sigV4Auth" {
			return fault.New(fault.Misconfigured, "The data source's setting %s must be text.", name)
		}
	}
	return nil
}
