// Package settings converts the stored settings of a data source to a validated struct.
// Package plugin calls Load when it creates an instance of a data source, and when it
// validates new settings for Grafana.
package settings

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// Settings are the settings of a data source.
type Settings struct {
	URL            string             // base URL of the Prometheus API
	Method         string             // POST or GET
	ScrapeInterval time.Duration      // of Prometheus; the minimum step of queries without a min step
	QueryTimeout   time.Duration      // of one query with its retries
	MaxBytes       int64              // of one response, and of the total of the responses for one request from Grafana
	MaxSeries      int                // of one response
	MaxSamples     int                // of one response
	Partial        bool               // a response over a limit may be cut, with a warning, instead of being an error
	PartialAlerts  bool               // alert rules accept partial results; see series.Notes
	Infos          bool               // panels show the infos of PromQL
	MaxRetries     int                // of failed connections; other retries have constant limits
	CustomParams   string             // query string to add to every request
	TraceLinks     []frames.TraceLink // links of exemplars to traces
	Packs          string             // YAML of the user packs
	DisabledPacks  []string           // names of built-in packs; this version may not have all of them
	ForwardOAuth   bool               // requests contain the user's OAuth token
	Report         policy.Settings    // of the endpoint report
	Access         *string            // YAML of the access rules and the policy; nil for none
	AuditEndpoint  audit.Endpoint     // receives audit events; has no token, and the URL may be empty

	httpTimeout time.Duration // of a request, from Grafana's HTTP settings; 0 means no timeout
}

// defaults returns the default settings. The query timeout is shorter than the timeout of
// Grafana's alert rules, which is 30 s. A response at the limits takes less than 1 GiB of
// memory; see docs/limits.md.
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
		Report:         policy.Default(),
	}
}

// Load returns the settings for a data source's URL and jsonData. For an invalid setting, Load
// returns a Problem. The text of the Problem says what applies instead, usually the default.
// Load returns a fault.Misconfigured and no Problem if the settings can't be decoded, if the
// URL is too long, or if requests could lack the configured credentials or restrictions.
func Load(url string, data []byte) (Settings, []Problem, error) {
	s := defaults(url)
	var stored map[string]json.RawMessage
	if len(data) > 0 {
		if err := json.Unmarshal(data, &stored); err != nil {
			return s, nil, fault.New(fault.Misconfigured, "The data source's settings are not a JSON object: %v.", err)
		}
	}
	if len(s.URL) > maxURL {
		return s, nil, tooMany("URL has %d bytes. The limit is %d. Shorten it.", len(s.URL), maxURL)
	}
	if err := checkTexts(stored); err != nil {
		return s, nil, err
	}
	if err := checkSwitches(stored); err != nil {
		return s, nil, err
	}
	var problems []Problem
	for _, o := range options {
		value := stored[o.key]
		if hasAccess := o.key == accessKey && len(value) > 0 && string(value) != "null"; hasAccess || isSet(value) {
			if advice := o.read(value, &s); advice != "" {
				problems = append(problems, o.problem(value, advice))
			}
		}
	}
	return s, problems, nil
}

// isSet returns false for an absent value, for null, and for a blank string, which forms store
// for an empty field.
func isSet(value json.RawMessage) bool {
	var text string
	isBlank := json.Unmarshal(value, &text) == nil && strings.TrimSpace(text) == ""
	return len(value) > 0 && !isBlank // null is decoded as ""
}

// checkTexts returns an error if a setting that defines credentials or restrictions has the
// wrong type or exceeds its bound, or if a custom header has an invalid name. The SDK panics
// on most of these settings if they have the wrong type.
func checkTexts(stored map[string]json.RawMessage) error {
	headers := 0
	for name, value := range stored {
		if !isCredential(name) {
			continue
		}
		var text *string
		err := json.Unmarshal(value, &text)
		// The SDK ignores all headers after one without a name.
		isHeader := strings.HasPrefix(name, "httpHeaderName")
		if isHeader {
			headers++
		}
		switch {
		case err != nil || text == nil && isHeader:
			return fault.New(fault.Misconfigured, "The data source's setting %s must be a string.", name)
		case text != nil && len(*text) > maxText && name != "customQueryParameters":
			return tooMany("setting %s has %d bytes. The limit is %d. Shorten it.", name, len(*text), maxText)
		case headers > maxHeaders:
			return tooMany("custom HTTP headers exceed the limit of %d. Remove some.", maxHeaders)
		}
		if isHeader && !httpguts.ValidHeaderFieldName(*text) {
			return fault.New(fault.Misconfigured, "The data source's setting %s is %.60q, which is not a valid name of an HTTP header. Correct it, or remove the header.", name, *text)
		}
	}
	return nil
}

// tooMany returns the error for a setting that exceeds its bound and can't be ignored or cut.
func tooMany(format string, args ...any) error {
	return fault.New(fault.Misconfigured, "The data source's "+format, args...)
}

// checkSwitches returns an error if a setting seems to turn on authentication but has no
// effect. Without this error, requests would be sent without the authentication.
func checkSwitches(settings map[string]json.RawMessage) error {
	isOn := func(name string) bool {
		var on stored.Bool
		return isSet(settings[name]) && json.Unmarshal(settings[name], &on) == nil && bool(on)
	}
	if isOn("sigV4Auth") {
		return fault.New(fault.Misconfigured, "The data source's settings turn on SigV4 (sigV4Auth), which this plugin doesn't support. Turn it off and use another authentication.")
	}
	for _, name := range []string{"tlsAuth", "oauthPassThru"} {
		if isOn(name) && string(settings[name]) != "true" {
			return fault.New(fault.Misconfigured, "The data source's setting %s is %.60s. Write true or false. Grafana treats any other value as false.", name, settings[name])
		}
	}
	return nil
}

// isCredential reports whether a setting is a string that defines credentials or restrictions.
func isCredential(name string) bool {
	if name == "sigV4Auth" {
		return false
	}
	return slices.Contains([]string{"basicAuthUser", "serverName", "secureSocksProxyUsername", "customQueryParameters"}, name) ||
		strings.HasPrefix(name, "httpHeaderName") || strings.HasPrefix(name, "sigV4")
}

// ForSDK removes from jsonData the keys that the SDK fails to read: those with null or a
// number out of range, and access and url, which the SDK reads as strings but doesn't use.
func ForSDK(data []byte) []byte {
	var stored map[string]json.RawMessage
	if json.Unmarshal(data, &stored) != nil {
		return data
	}
	for name, value := range stored {
		if string(value) == "null" || name == "access" || name == "url" || !isDecodable(value) {
			delete(stored, name)
		}
	}
	clean, err := json.Marshal(stored)
	if err != nil {
		return data
	}
	return clean
}

// isDecodable reports whether a JSON value can be decoded. 1e400 is valid JSON, but out of
// range.
func isDecodable(value json.RawMessage) bool {
	var decoded any
	return json.Unmarshal(value, &decoded) == nil
}
