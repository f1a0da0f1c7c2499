// Package settings turns what Grafana stores of a data source into one checked
// struct. plugin reads it once per instance.
package settings

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
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
	PartialAlerts  bool               // alerts use a result that the server reports as partial
	Infos          bool               // panels show the infos of PromQL
	MaxRetries     int                // of failures without a limit of their own
	CustomParams   string             // sent with every request to the API, written as in a URL
	TraceLinks     []frames.TraceLink // where trace ids of exemplars lead
	Packs          string             // YAML of the user's own packs
	DisabledPacks  []string           // names of built-in packs that are turned off; a later version may not have them
	ForwardOAuth   bool               // Grafana adds the user's OAuth token to each request

	httpTimeout time.Duration // of one request, among Grafana's HTTP settings; 0 is none
}

// The defaults protect Grafana: the timeout ends before an alert's evaluation
// does (30 s), and an answer at the limits takes less than 1 GiB of memory: see
// docs/security.md.
func defaults(url string) Settings {
	return Settings{
		URL:            strings.TrimSpace(url),
		Method:         http.MethodPost,
		ScrapeInterval: 15 * time.Second,
		QueryTimeout:   25 * time.Second,
		MaxBytes:       256 << 20,
		MaxSeries:      50_000,
		MaxSamples:     10_000_000,
		MaxRetries:     2,
	}
}

// Load reads a data source's URL and jsonData. A setting that can't be used as it
// is stored keeps its default and is reported as a problem. Load fails only where
// that could send requests without the credentials or the restrictions that the
// settings ask for; its errors are fault.Misconfigured and name the setting.
func Load(url string, data []byte) (Settings, []Problem, error) {
	s := defaults(url)
	var stored map[string]json.RawMessage
	if len(data) > 0 {
		if err := json.Unmarshal(data, &stored); err != nil {
			return s, nil, fault.New(fault.Misconfigured, "The data source's settings are not a JSON object: %v.", err)
		}
	}
	if len(s.URL) > maxURL {
		return s, nil, tooMany("URL has %d bytes: it may have %d. Shorten it.", len(s.URL), maxURL)
	}
	if err := checkTexts(stored); err != nil {
		return s, nil, err
	}
	if err := checkSwitches(stored); err != nil {
		return s, nil, err
	}
	var problems []Problem
	for _, o := range options {
		if value := stored[o.key]; isSet(value) {
			if wrong := o.read(value, &s); wrong != "" {
				problems = append(problems, o.problem(value, wrong))
			}
		}
	}
	return s, problems, nil
}

// isSet reports whether there is a value. null and texts of nothing but spaces
// are what forms leave behind.
func isSet(value json.RawMessage) bool {
	var text string
	isBlank := json.Unmarshal(value, &text) == nil && strings.TrimSpace(text) == ""
	return len(value) > 0 && !isBlank // null is read as ""
}

// checkTexts refuses settings of a wrong type that decide who a request is from
// and what it may see. Most of them the SDK takes for text without looking, and
// would panic on.
func checkTexts(stored map[string]json.RawMessage) error {
	headers := 0
	for name, value := range stored {
		if !isCredential(name) {
			continue
		}
		var text *string
		err := json.Unmarshal(value, &text)
		// Without the name of one header the SDK would skip those after it.
		isHeader := strings.HasPrefix(name, "httpHeaderName")
		if isHeader {
			headers++
		}
		switch {
		case err != nil || text == nil && isHeader:
			return fault.New(fault.Misconfigured, "The data source's setting %s must be text.", name)
		case text != nil && len(*text) > maxText && name != "customQueryParameters":
			return tooMany("setting %s has %d bytes: it may have %d. Shorten it.", name, len(*text), maxText)
		case headers > maxHeaders:
			return tooMany("custom HTTP headers are more than %d. Remove some.", maxHeaders)
		}
		if isHeader && !httpguts.ValidHeaderFieldName(*text) {
			return fault.New(fault.Misconfigured, "The data source's setting %s is %.60q, which can't be the name of an HTTP header. Correct it, or remove the header.", name, *text)
		}
	}
	return nil
}

// tooMany is the error of a setting over its bound that can't be left out or cut.
func tooMany(format string, args ...any) error {
	return fault.New(fault.Misconfigured, "The data source's "+format, args...)
}

// checkSwitches refuses settings that turn authentication on in a way that has no
// effect, so that no request goes out without it.
func checkSwitches(settings map[string]json.RawMessage) error {
	isOn := func(name string) bool {
		var on stored.Bool
		return isSet(settings[name]) && json.Unmarshal(settings[name], &on) == nil && bool(on)
	}
	if isOn("sigV4Auth") {
		return fault.New(fault.Misconfigured, "The data source's settings ask for SigV4 (sigV4Auth), and this plugin can't sign requests. Turn it off and use another authentication.")
	}
	for _, name := range []string{"tlsAuth", "oauthPassThru"} {
		if isOn(name) && string(settings[name]) != "true" {
			return fault.New(fault.Misconfigured, "The data source's setting %s is %.60s: write true or false. Grafana takes anything else for false.", name, settings[name])
		}
	}
	return nil
}

func isCredential(name string) bool {
	if name == "sigV4Auth" {
		return false
	}
	return slices.Contains([]string{"basicAuthUser", "serverName", "secureSocksProxyUsername", "customQueryParameters"}, name) ||
		strings.HasPrefix(name, "httpHeaderName") || strings.HasPrefix(name, "sigV4")
}

// ForSDK returns jsonData as the SDK can read it: without null and numbers that
// are too large, and without the keys access and url, which have no effect there but must be text. Other data
// stays as it is.
func ForSDK(data []byte) []byte {
	var stored map[string]json.RawMessage
	if json.Unmarshal(data, &stored) != nil {
		return data
	}
	for name, value := range stored {
		if string(value) == "null" || name == "access" || name == "url" || !isReadable(value) {
			delete(stored, name)
		}
	}
	readable, err := json.Marshal(stored)
	if err != nil {
		return data
	}
	return readable
}

// isReadable reports whether Go can hold a JSON value: it can't hold 1e400.
func isReadable(value json.RawMessage) bool {
	var held any
	return json.Unmarshal(value, &held) == nil
}
