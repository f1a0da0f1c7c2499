package telemetry

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// sourceID contains the values of the labels that identify a data source.
type sourceID struct{ org, uid string }

func (id sourceID) labels() prometheus.Labels {
	return prometheus.Labels{orgID: id.org, datasource: id.uid}
}

// with returns the label values of a series of the data source. others are the values of the
// labels that don't identify the data source.
func (id sourceID) with(others ...string) []string {
	return append([]string{id.org, id.uid}, others...)
}

// plainUID matches uids that contain only the characters that Grafana allows.
var plainUID = regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)

// uidLabel returns the label value for a uid. Users can choose the uid of a data source, and
// some versions of Grafana don't check it. uidLabel therefore replaces a uid by its hash if
// the uid is too long or has characters that Grafana doesn't allow.
func uidLabel(uid string) string {
	if len(uid) <= maxUID && plainUID.MatchString(uid) {
		return uid
	}
	const prefix = "sha256-"
	sum := sha256.Sum256([]byte(uid))
	return prefix + hex.EncodeToString(sum[:])[:maxUID-len(prefix)]
}

// userDefined is the value of the label pack for all user packs, and the value of the label
// metric for all their metrics.
const userDefined = "user_defined"

func packLabel(pack *catalog.Pack) string {
	if pack.IsUser() {
		return userDefined
	}
	return pack.Name
}

func metricLabel(metric *catalog.Metric) string {
	if metric.Pack().IsUser() {
		return userDefined
	}
	return metric.Name
}

// codeLabel returns the label value for an HTTP status. It returns "canceled" for the status of
// a canceled request, and "no_response" for 0. It returns a class such as "5xx" for a status that HTTP
// doesn't define, because a server can send hundreds of such statuses.
func codeLabel(status int) string {
	switch {
	case status == fault.StatusCanceled:
		return "canceled"
	case status == 0:
		return "no_response"
	case http.StatusText(status) == "":
		return strconv.Itoa(status/100) + "xx"
	default:
		return strconv.Itoa(status)
	}
}
