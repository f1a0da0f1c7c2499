package settings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// option is a key of jsonData. A key of Grafana's Prometheus data source has the same meaning
// here, except for seriesLimit. There, seriesLimit limits the lists of labels and metrics.
type option struct {
	key  string
	name string // in the text of a Problem

	// read reads a value into the settings, or only checks it if only the SDK uses it. For
	// an invalid value, it returns advice: what to write, and what applies until the value
	// is corrected, usually the default.
	read func(value json.RawMessage, s *Settings) string
}

// options are the keys in the order in which Load reads them. A new setting needs a field of
// Settings and an entry here. If its default isn't the zero value, it also needs a default.
var options = []option{
	{"timeInterval", "scrape interval", duration(maxInterval, func(s *Settings) *time.Duration { return &s.ScrapeInterval })},
	{"timeout", "HTTP timeout", httpTimeout},
	{"queryTimeout", "query timeout", queryTimeout},
	{"httpMethod", "HTTP method", method},
	{"responseLimitMiB", "response limit", responseLimit},
	{"seriesLimit", "series limit", number(1, maxSeriesLimit, func(s *Settings) *int { return &s.MaxSeries })},
	{"sampleLimit", "sample limit", number(1, maxSampleLimit, func(s *Settings) *int { return &s.MaxSamples })},
	{"partialData", "partial data", flag(func(s *Settings) *bool { return &s.Partial })},
	{"partialAlerts", "partial results in alerts", flag(func(s *Settings) *bool { return &s.PartialAlerts })},
	{"showInfos", "PromQL infos", flag(func(s *Settings) *bool { return &s.Infos })},
	{"maxRetries", "retries", number(0, maxRetryLimit, func(s *Settings) *int { return &s.MaxRetries })},
	{"customQueryParameters", "custom query parameters", customParams},
	{"exemplarTraceIdDestinations", "trace links", traceLinks},
	{"packs", "user packs", packs},
	{"disabledPacks", "disabled packs", disabledPacks},
	{"report", "endpoint report", readReport},
	{accessKey, "access rules", readAccess},
	{auditURL, "OTLP endpoint of audit events", auditEndpoint},
	{"tlsAuth", "TLS client authentication", sdkFlag},
	{"tlsAuthWithCACert", "CA certificate", sdkFlag},
	{"tlsSkipVerify", "skipping of TLS verification", sdkFlag},
	{"oauthPassThru", "forwarding of OAuth identities", forwardOAuth},
	{"sigV4Auth", "SigV4 authentication", sdkFlag},
}

const accessKey = "access"

// Problem is an invalid setting.
type Problem struct {
	Setting string `json:"setting"` // key in jsonData
	Text    string `json:"text"`    // what is wrong, what to write, and what applies until it is corrected
}

// UnusedParams returns the Problem of custom query parameters that are not sent.
func UnusedParams(names []string) Problem {
	const key = "customQueryParameters"
	return Problem{key, fmt.Sprintf("The data source's custom query parameters (%s) contain %s. The plugin sets these parameters itself. Remove them. Until then, they are not sent.", key, strings.Join(names, ", "))}
}

func (o option) problem(value json.RawMessage, advice string) Problem {
	if o.key == auditURL { // the URL may contain a password
		return Problem{o.key, fmt.Sprintf("The data source's %s (%s) is invalid. %s", o.name, o.key, advice)}
	}
	return Problem{o.key, fmt.Sprintf("The data source's %s (%s) can't be %s. %s", o.name, o.key, fault.Clip(string(value), maxShown), advice)}
}

// duration returns a function that reads a duration of at most maxValue. 0 means the
// default.
func duration(maxValue time.Duration, field func(*Settings) *time.Duration) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		d, ok := readDuration(value, maxValue)
		if !ok {
			return fmt.Sprintf("Write a duration such as 15s, of at most %d days. Until then, it is %s.", maxValue/day, *field(s))
		}
		*field(s) = cmp.Or(d, *field(s))
		return ""
	}
}

func readDuration(value json.RawMessage, maxValue time.Duration) (time.Duration, bool) {
	var text stored.Text
	if json.Unmarshal(value, &text) != nil {
		return 0, false
	}
	d, err := stored.Duration(text)
	return d, err == nil && d <= maxValue
}

// httpTimeout reads the timeout of Grafana's HTTP settings, in seconds. This timeout also
// limits the query timeout, because a query needs at least one request. 0 means no limit. A
// shorter timeout than minTimeout is invalid, because no query could succeed.
func httpTimeout(value json.RawMessage, s *Settings) string {
	const (
		minSeconds = stored.Number(minTimeout) / stored.Number(time.Second)
		maxSeconds = stored.Number(maxTimeout / time.Second)
	)
	var seconds stored.Number
	if err := json.Unmarshal(value, &seconds); err != nil || seconds != 0 && seconds < minSeconds || seconds > maxSeconds {
		return fmt.Sprintf("Write a number of seconds from %g to %g, or 0 for no HTTP timeout. Until then, there is no HTTP timeout.", minSeconds, maxSeconds)
	}
	s.httpTimeout = time.Duration(seconds * stored.Number(time.Second))
	s.QueryTimeout = cmp.Or(s.httpTimeout, s.QueryTimeout)
	return ""
}

// queryTimeout reads the query timeout. It is read after the HTTP timeout, which replaces
// the default of the query timeout. If both timeouts are set, the shorter one applies.
func queryTimeout(value json.RawMessage, s *Settings) string {
	d, ok := readDuration(value, maxTimeout)
	switch {
	case !ok, d > 0 && d < minTimeout:
		return fmt.Sprintf("Write a duration from %s to %dh, such as 15s. Until then, it is %s.", minTimeout, maxTimeout/time.Hour, s.QueryTimeout)
	case d > 0 && (s.httpTimeout == 0 || d < s.httpTimeout):
		s.QueryTimeout = d
	}
	return ""
}

// number returns a function that reads an integer.
func number(minValue, maxValue int, field func(*Settings) *int) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		var n stored.Number
		err := json.Unmarshal(value, &n)
		if err != nil || n < stored.Number(minValue) || n > stored.Number(maxValue) || n != stored.Number(int(n)) {
			return fmt.Sprintf("Write a whole number from %d to %d. Until then, it is %d.", minValue, maxValue, *field(s))
		}
		*field(s) = int(n)
		return ""
	}
}

func responseLimit(value json.RawMessage, s *Settings) string {
	const mib = 1 << 20
	var n stored.Number
	if err := json.Unmarshal(value, &n); err != nil || n < minResponseMiB || n > maxResponseMiB {
		return fmt.Sprintf("Write a number of MiB from %g to %d. Until then, it is %d.", minResponseMiB, maxResponseMiB, s.MaxBytes/mib)
	}
	s.MaxBytes = int64(n * mib)
	return ""
}

// flag returns a function that reads a boolean. The default is false.
func flag(field func(*Settings) *bool) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		var on stored.Bool
		if err := json.Unmarshal(value, &on); err != nil {
			return "Write true or false. Until then, it is off."
		}
		*field(s) = bool(on)
		return ""
	}
}

// sdkFlag checks a boolean that the SDK and Grafana read. They treat all values except true
// as false.
func sdkFlag(value json.RawMessage, _ *Settings) string {
	var on bool
	if err := json.Unmarshal(value, &on); err != nil {
		return "Write true or false. Until then, it is off."
	}
	return ""
}

// forwardOAuth reads a boolean that both the SDK and this plugin use.
func forwardOAuth(value json.RawMessage, s *Settings) string {
	advice := sdkFlag(value, s)
	s.ForwardOAuth = advice == "" && string(value) == "true"
	return advice
}

func method(value json.RawMessage, s *Settings) string {
	var text stored.Text
	err := json.Unmarshal(value, &text)
	name := strings.ToUpper(strings.TrimSpace(string(text)))
	if err != nil || name != http.MethodGet && name != http.MethodPost {
		return fmt.Sprintf("Use GET or POST. Until then, it is %s.", s.Method)
	}
	s.Method = name
	return ""
}

// customParams reads a string. checkTexts has already rejected values of other types.
func customParams(value json.RawMessage, s *Settings) string {
	if err := json.Unmarshal(value, &s.CustomParams); err != nil {
		return "Write the parameters as in a URL. Until then, there are none."
	}
	return ""
}

// traceLinks reads a list of links, or one link. It skips null, links that can't be decoded,
// links with a text over maxLinkText, and all elements after the first maxTraceLinks.
func traceLinks(value json.RawMessage, s *Settings) string {
	var entries []json.RawMessage
	if json.Unmarshal(value, &entries) != nil {
		entries = []json.RawMessage{value}
	}
	invalid := len(entries) > maxTraceLinks
	for _, entry := range entries[:min(len(entries), maxTraceLinks)] {
		var link *struct {
			Label         stored.Text `json:"name"`
			URL           stored.Text `json:"url"`
			Title         stored.Text `json:"urlDisplayLabel"`
			DatasourceUID stored.Text `json:"datasourceUid"`
		}
		if err := json.Unmarshal(entry, &link); err != nil {
			invalid = true
			continue
		}
		if link == nil {
			continue
		}
		if max(len(link.Label), len(link.URL), len(link.Title), len(link.DatasourceUID)) > maxLinkText {
			invalid = true
			continue
		}
		s.TraceLinks = append(s.TraceLinks, frames.TraceLink{
			Label: string(link.Label), URL: string(link.URL), Title: string(link.Title), DatasourceUID: string(link.DatasourceUID),
		})
	}
	if !invalid {
		return ""
	}
	return fmt.Sprintf("Write a list of at most %d objects, each with name and with datasourceUid or url. A text has at most %d bytes. Until then, the valid objects among the first %d are used.",
		maxTraceLinks, maxLinkText, maxTraceLinks)
}

// packs reads the YAML of user packs: a string, or a list whose elements are YAML documents.
// A value or an element that can't be decoded as a string stays JSON, which is valid YAML, so
// that the catalog reports any errors in it. If packs ignored it, a built-in metric could
// silently replace a user metric.
func packs(value json.RawMessage, s *Settings) string {
	var documents []json.RawMessage
	if json.Unmarshal(value, &documents) != nil {
		documents = []json.RawMessage{value}
	}
	texts := make([]string, len(documents))
	for i, document := range documents {
		if json.Unmarshal(document, &texts[i]) != nil {
			texts[i] = string(document)
		}
	}
	s.Packs = strings.Join(texts, "\n---\n")
	return ""
}

// readAccess reads the access rules and the policy. The value is text in YAML, or an object.
// An object stays JSON, because JSON is valid YAML. Values of other types stay JSON as well:
// package access then reports an error, and every query fails. Some tools store Grafana's
// access mode, proxy or direct, under the same key. readAccess ignores it. A blank text is
// kept, and is an error too: it can come from a provisioning file whose variable is not set,
// and this mistake must not permit all queries.
func readAccess(value json.RawMessage, s *Settings) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		text = string(value)
	}
	if mode := strings.TrimSpace(text); mode != "proxy" && mode != "direct" {
		s.Access = &text
	}
	return ""
}

func disabledPacks(value json.RawMessage, s *Settings) string {
	var names stored.List
	err := json.Unmarshal(value, &names)
	if err != nil || len(names) > maxDisabledPacks || slices.ContainsFunc(names, func(name string) bool { return len(name) > maxPackName }) {
		return fmt.Sprintf("Write a list of at most %d names of packs, each of at most %d bytes. Until then, no pack is disabled.", maxDisabledPacks, maxPackName)
	}
	s.DisabledPacks = slices.DeleteFunc(names, func(name string) bool { return strings.TrimSpace(name) == "" })
	return ""
}
