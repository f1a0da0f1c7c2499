package confine

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"

// ProbeError returns the error of a request that checks whether a server applies a parameter to
// which the matchers can be added. The request has no matchers, so a message of the server could
// describe any tenant. The error therefore doesn't contain it.
func ProbeError(host, parameter string, err error) error {
	switch fault.As(err).Kind {
	case fault.Rejected, fault.BadAnswer, fault.TooLarge:
		return fault.New(fault.BadAnswer, "%s failed to answer the request that checks whether it applies the parameter %s, so the access rules can't be applied. Try again later, or ask an administrator of the data source.", host, parameter).Because(err)
	default:
		return err
	}
}
