package confine

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"

// ProbeError returns the error to show if a request failed. The request checks whether a
// server applies a parameter, such as match[]. err is the error of the request. The request
// has no matchers, so a message of the server in err could describe any tenant. The text of
// the returned error therefore doesn't contain this message.
func ProbeError(host, parameter string, err error) error {
	switch fault.As(err).Kind {
	case fault.Rejected, fault.BadAnswer, fault.TooLarge:
		return fault.New(fault.BadAnswer, "The access rules can't be applied. The plugin must first check whether %s applies the parameter %s, and the check failed. Try again later, or ask an administrator of the data source.", host, parameter).Because(err)
	default:
		return err
	}
}
