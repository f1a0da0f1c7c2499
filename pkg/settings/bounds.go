package settings

import (
	"net/http"
	"time"
)

// Bounds of a data source's settings. They keep the settings of one data source from using
// up the memory or time of others. The bounds of custom query parameters are in promapi,
// and those of user packs in catalog.
const (
	// minTimeout and maxTimeout bound the settings queryTimeout and timeout, the HTTP timeout.
	minTimeout = 10 * time.Millisecond
	maxTimeout = day
	// maxInterval bounds the scrape interval.
	maxInterval = 366 * day

	// minResponseMiB and maxResponseMiB bound the response limit. The responses of a health
	// check need a limit of at least minResponseMiB.
	minResponseMiB = 0.1
	maxResponseMiB = 1 << 20
	// maxSeriesLimit and maxSampleLimit bound the limits on series and samples.
	maxSeriesLimit = 1e7
	maxSampleLimit = 1e9
	// maxRetryLimit bounds the retries of failed connections.
	maxRetryLimit = 10

	// maxDisabledPacks bounds the number of disabled packs. There are far fewer built-in
	// packs.
	maxDisabledPacks = 100
	// maxPackName bounds the name of a disabled pack, in bytes.
	maxPackName = 200
	// maxTraceLinks bounds the number of trace links. The plugin searches each result with
	// exemplars for the labels of all links.
	maxTraceLinks = 100
	// maxLinkText bounds each text of a link, in bytes.
	maxLinkText = 4 << 10

	// maxTiers and maxBudgets bound the number of tiers with a price and the number of
	// budgets of the endpoint report.
	maxTiers   = 100
	maxBudgets = 1000
	// maxTierName and maxEndpointID bound the name of a tier and the id of an endpoint, in
	// bytes.
	maxTierName   = 200
	maxEndpointID = 200
	// maxUSD bounds a price and a budget.
	maxUSD = 1_000_000_000
	// maxRequestsPerHour bounds the rate limit of the endpoint report.
	maxRequestsPerHour = 100_000

	// maxURL bounds the data source's URL, in bytes.
	maxURL = 8 << 10
	// maxText bounds a setting of the authentication, and the name of a custom HTTP header,
	// in bytes.
	maxText = 4 << 10
	// maxHeaders and maxHeaderBytes bound the custom HTTP headers of a request: their
	// number, and the total size of their names and values.
	maxHeaders     = 100
	maxHeaderBytes = 64 << 10
	// maxSecrets and maxSecretBytes bound the number and the total size of the encrypted
	// settings. The plugin searches the messages of a server for these settings.
	maxSecrets     = 200
	maxSecretBytes = 1 << 20

	// maxShown bounds the invalid value that the text of a Problem quotes, in characters.
	maxShown = 60
)

const day = 24 * time.Hour

// CheckHeader returns an error if the custom HTTP headers are larger than maxHeaderBytes.
func CheckHeader(header http.Header) error {
	bytes := 0
	for name, values := range header {
		for _, value := range values {
			bytes += len(name) + len(value)
		}
	}
	if bytes > maxHeaderBytes {
		return tooMany("custom HTTP headers have %d bytes in total. The limit is %d. Remove some.", bytes, maxHeaderBytes)
	}
	return nil
}

// CheckSecrets returns an error if the encrypted settings exceed their bounds.
func CheckSecrets(secrets map[string]string) error {
	bytes := 0
	for name, value := range secrets {
		bytes += len(name) + len(value)
	}
	switch {
	case len(secrets) > maxSecrets:
		return tooMany("number of encrypted settings is %d. The limit is %d. Remove some.", len(secrets), maxSecrets)
	case bytes > maxSecretBytes:
		return tooMany("encrypted settings have %d bytes in total. The limit is %d. Shorten or remove some.", bytes, maxSecretBytes)
	}
	return nil
}
