package settings

import (
	"net/http"
	"time"
)

// Bounds of a data source's settings. Whoever edits one data source must not take
// memory or time from the others. Custom query parameters are bounded in promapi,
// which reads those of queries, too, and user packs in catalog, which also reads those
// that are only checked.
const (
	// minTimeout and maxTimeout bound the time of a query.
	minTimeout = 10 * time.Millisecond
	maxTimeout = day
	// maxInterval bounds the scrape interval.
	maxInterval = 366 * day

	// minResponseMiB and maxResponseMiB bound the response limit. Under the least even
	// the answers of a health check and of identifying a server are refused.
	minResponseMiB = 0.1
	maxResponseMiB = 1 << 20
	maxSeriesLimit = 1e7
	maxSampleLimit = 1e9
	maxRetryLimit  = 10

	// maxDisabledPacks is far more than there are built-in packs.
	maxDisabledPacks = 100
	// maxPackName bounds the name of a disabled pack, in bytes.
	maxPackName = 200
	// maxTraceLinks bounds the links of exemplars. Each is looked for in every exemplar
	// label.
	maxTraceLinks = 100
	// maxLinkText bounds each text of a link, in bytes.
	maxLinkText = 4 << 10

	// maxURL bounds the data source's URL, in bytes.
	maxURL = 8 << 10
	// maxText bounds a text of the authentication, in bytes.
	maxText = 4 << 10
	// maxHeaders and maxHeaderBytes bound the custom HTTP headers, which each request
	// carries: their number, and their names and values together.
	maxHeaders     = 100
	maxHeaderBytes = 64 << 10
	// maxSecrets and maxSecretBytes bound the encrypted settings, each of which is looked
	// for in every text of a server that is shown.
	maxSecrets     = 200
	maxSecretBytes = 1 << 20

	// maxShown is how much of a value a problem repeats, in characters.
	maxShown = 60
)

const day = 24 * time.Hour

// CheckHeader refuses custom HTTP headers over their bounds.
func CheckHeader(header http.Header) error {
	bytes := 0
	for name, values := range header {
		for _, value := range values {
			bytes += len(name) + len(value)
		}
	}
	if bytes > maxHeaderBytes {
		return tooMany("custom HTTP headers have %d bytes together: they may have %d. Remove some.", bytes, maxHeaderBytes)
	}
	return nil
}

// CheckSecrets refuses encrypted settings over their bounds.
func CheckSecrets(secrets map[string]string) error {
	bytes := 0
	for name, value := range secrets {
		bytes += len(name) + len(value)
	}
	switch {
	case len(secrets) > maxSecrets:
		return tooMany("encrypted settings are %d: there may be %d. Remove some.", len(secrets), maxSecrets)
	case bytes > maxSecretBytes:
		return tooMany("encrypted settings have %d bytes together: they may have %d. Shorten or remove some.", bytes, maxSecretBytes)
	}
	return nil
}
