package audit

import (
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Endpoint receives logs over OTLP/HTTP, such as an OpenTelemetry collector or Loki.
type Endpoint struct {
	URL   string // complete, such as http://collector:4318/v1/logs
	Token string // sent in the header Authorization as a bearer token; may be empty
}

// ParseEndpoint parses the URL of an endpoint. It adds the path /v1/logs, which the OTLP
// specification defines, to a URL without a path. The errors don't contain the URL, because
// the URL may contain credentials.
func ParseEndpoint(text string) (Endpoint, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxEndpoint {
		return Endpoint{}, fault.New(fault.Misconfigured, "The URL has %d bytes. The limit is %d.", len(text), maxEndpoint)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "":
		return Endpoint{}, fault.New(fault.Misconfigured, "The URL must be complete, with http or https, such as http://collector:4318/v1/logs.")
	case u.User != nil:
		return Endpoint{}, fault.New(fault.Misconfigured, "The URL must not contain a user or a password. Enter a token instead.")
	case u.RawQuery != "" || u.Fragment != "":
		return Endpoint{}, fault.New(fault.Misconfigured, "The URL must not contain ? or #.")
	case u.Path == "" || u.Path == "/":
		u.Path = "/v1/logs"
	}
	return Endpoint{URL: u.String()}, nil
}

// ParseToken returns a token without the white space around it.
func ParseToken(text string) (string, error) {
	token := strings.TrimSpace(text)
	switch {
	case len(token) > maxToken:
		return "", fault.New(fault.Misconfigured, "The token has %d bytes. The limit is %d.", len(token), maxToken)
	case !httpguts.ValidHeaderFieldValue(token):
		return "", fault.New(fault.Misconfigured, "The token contains a character that is not allowed in an HTTP header, such as a line break.")
	}
	return token, nil
}

func (e Endpoint) host() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return ""
	}
	return u.Host
}
