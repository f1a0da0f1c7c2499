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

// option is one key of jsonData. Names that Grafana's Prometheus data source has
// mean here what they mean there, except for seriesLimit, which there limits the
// lists of labels and metrics.
type option struct {
	key  string
	name string // as the settings page calls it

	// read puts a value into the settings. Where it can't, it leaves their default
	// and returns what to write and what counts until then.
	read func(value json.RawMessage, s *Settings) string
}

// options are read in this order. A new setting is a field of Settings, its
// default, and an entry here.
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
	{"packs", "own metrics", packs},
	{"disabledPacks", "disabled packs", disabledPacks},
	{"tlsAuth", "TLS client authentication", sdkFlag},
	{"tlsAuthWithCACert", "CA certificate", sdkFlag},
	{"tlsSkipVerify", "skipping of TLS verification", sdkFlag},
	{"oauthPassThru", "forwarding of OAuth identities", forwardOAuth},
	{"sigV4Auth", "SigV4 authentication", sdkFlag},
}

// Problem is a stored setting that can't be used as it is.
type Problem struct {
	Setting string `json:"setting"` // its key in jsonData
	Text    string `json:"text"`    // what is wrong, what to write, what counts until then
}

// UnusedParams is the problem of custom query parameters that have no effect.
func UnusedParams(names []string) Problem {
	const key = "customQueryParameters"
	return Problem{key, fmt.Sprintf("The data source's custom query parameters (%s) contain %s, which each query sets itself: remove them. Until then they are not sent.", key, strings.Join(names, ", "))}
}

func (o option) problem(value json.RawMessage, wrong string) Problem {
	return Problem{o.key, fmt.Sprintf("The data source's %s (%s) can't be %s: %s", o.name, o.key, fault.Clip(string(value), maxShown), wrong)}
}

// duration reads a duration of at most longest; 0 is the default.
func duration(longest time.Duration, field func(*Settings) *time.Duration) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		d, ok := readDuration(value, longest)
		if !ok {
			return wrongDuration(longest, *field(s))
		}
		*field(s) = cmp.Or(d, *field(s))
		return ""
	}
}

func readDuration(value json.RawMessage, longest time.Duration) (time.Duration, bool) {
	var text stored.Text
	if json.Unmarshal(value, &text) != nil {
		return 0, false
	}
	d, err := stored.Duration(text)
	return d, err == nil && d <= longest
}

func wrongDuration(longest, until time.Duration) string {
	return fmt.Sprintf("write a duration such as 15s, of at most %dh. Until then it is %s.", longest/time.Hour, until)
}

// httpTimeout lets the timeout among Grafana's HTTP settings, in seconds, end a
// query too: a query takes a request at least. 0 is none.
func httpTimeout(value json.RawMessage, s *Settings) string {
	const longest = stored.Number(maxTimeout / time.Second)
	var seconds stored.Number
	if err := json.Unmarshal(value, &seconds); err != nil || seconds < 0 || seconds > longest {
		return fmt.Sprintf("write a number of seconds from 0 to %g. Until then there is none.", longest)
	}
	s.httpTimeout = time.Duration(seconds * stored.Number(time.Second))
	s.QueryTimeout = cmp.Or(s.httpTimeout, s.QueryTimeout)
	return ""
}

// queryTimeout is read after the HTTP timeout, which has taken the default's
// place. Of two that are set the shorter counts.
func queryTimeout(value json.RawMessage, s *Settings) string {
	d, ok := readDuration(value, maxTimeout)
	switch {
	case !ok, d > 0 && d < minTimeout:
		return wrongDuration(maxTimeout, s.QueryTimeout)
	case d > 0 && (s.httpTimeout == 0 || d < s.httpTimeout):
		s.QueryTimeout = d
	}
	return ""
}

// number reads a whole number.
func number(lowest, highest int, field func(*Settings) *int) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		var n stored.Number
		err := json.Unmarshal(value, &n)
		if err != nil || n < stored.Number(lowest) || n > stored.Number(highest) || n != stored.Number(int(n)) {
			return fmt.Sprintf("write a whole number from %d to %d. Until then it is %d.", lowest, highest, *field(s))
		}
		*field(s) = int(n)
		return ""
	}
}

func responseLimit(value json.RawMessage, s *Settings) string {
	const mib = 1 << 20
	var n stored.Number
	if err := json.Unmarshal(value, &n); err != nil || n < minResponseMiB || n > maxResponseMiB {
		return fmt.Sprintf("write a number of MiB from %g to %d. Until then it is %d.", minResponseMiB, maxResponseMiB, s.MaxBytes/mib)
	}
	s.MaxBytes = int64(n * mib)
	return ""
}

// flag reads a switch that is off by default.
func flag(field func(*Settings) *bool) func(json.RawMessage, *Settings) string {
	return func(value json.RawMessage, s *Settings) string {
		var on stored.Bool
		if err := json.Unmarshal(value, &on); err != nil {
			return "write true or false. Until then it is off."
		}
		*field(s) = bool(on)
		return ""
	}
}

// sdkFlag checks a switch that the SDK and Grafana read, for which only true
// turns it on.
func sdkFlag(value json.RawMessage, _ *Settings) string {
	var on bool
	if err := json.Unmarshal(value, &on); err != nil {
		return "write true or false. Until then it is off."
	}
	return ""
}

// forwardOAuth is a switch of Grafana's that decides here, too.
func forwardOAuth(value json.RawMessage, s *Settings) string {
	wrong := sdkFlag(value, s)
	s.ForwardOAuth = wrong == "" && string(value) == "true"
	return wrong
}

func method(value json.RawMessage, s *Settings) string {
	var text stored.Text
	err := json.Unmarshal(value, &text)
	name := strings.ToUpper(strings.TrimSpace(string(text)))
	if err != nil || name != http.MethodGet && name != http.MethodPost {
		return fmt.Sprintf("use GET or POST. Until then it is %s.", s.Method)
	}
	s.Method = name
	return ""
}

// customParams are text, which checkTexts has made sure of.
func customParams(value json.RawMessage, s *Settings) string {
	if err := json.Unmarshal(value, &s.CustomParams); err != nil {
		return "write them as in a URL. Until then there are none."
	}
	return ""
}

// traceLinks reads a list of links, or one link. Entries that are no links are left
// out, and so are those over the bounds.
func traceLinks(value json.RawMessage, s *Settings) string {
	var entries []json.RawMessage
	if json.Unmarshal(value, &entries) != nil {
		entries = []json.RawMessage{value}
	}
	isWrong := len(entries) > maxTraceLinks
	for _, entry := range entries[:min(len(entries), maxTraceLinks)] {
		var link *struct {
			Label         stored.Text `json:"name"`
			URL           stored.Text `json:"url"`
			Title         stored.Text `json:"urlDisplayLabel"`
			DatasourceUID stored.Text `json:"datasourceUid"`
		}
		if err := json.Unmarshal(entry, &link); err != nil {
			isWrong = true
			continue
		}
		if link == nil {
			continue
		}
		if max(len(link.Label), len(link.URL), len(link.Title), len(link.DatasourceUID)) > maxLinkText {
			isWrong = true
			continue
		}
		s.TraceLinks = append(s.TraceLinks, frames.TraceLink{
			Label: string(link.Label), URL: string(link.URL), Title: string(link.Title), DatasourceUID: string(link.DatasourceUID),
		})
	}
	if !isWrong {
		return ""
	}
	return fmt.Sprintf("write a list of objects with name and either datasourceUid or url, at most %d of them, each text of at most %d bytes. Until then the other entries count, and of a longer list the first %d.",
		maxTraceLinks, maxLinkText, maxTraceLinks)
}

// packs reads YAML. A list is a document for each element. What isn't text is
// JSON, which is YAML as well: the catalog reports what is wrong with it, so that
// no built-in metric silently takes the place of a user's own.
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

func disabledPacks(value json.RawMessage, s *Settings) string {
	var names stored.List
	err := json.Unmarshal(value, &names)
	if err != nil || len(names) > maxDisabledPacks || slices.ContainsFunc(names, func(name string) bool { return len(name) > maxPackName }) {
		return fmt.Sprintf("write a list of at most %d names of packs, each of at most %d bytes. Until then every pack is on.", maxDisabledPacks, maxPackName)
	}
	s.DisabledPacks = slices.DeleteFunc(names, func(name string) bool { return strings.TrimSpace(name) == "" })
	return ""
}
