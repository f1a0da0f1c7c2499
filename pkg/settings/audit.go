package settings

import (
	"encoding/json"
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// auditURL is the key of the setting with the endpoint that receives audit events. AuditToken
// is the key of the encrypted setting with the endpoint's token.
const (
	auditURL   = "auditOtlpUrl"
	AuditToken = "auditOtlpToken" //nolint:gosec // the name of a setting
)

func auditEndpoint(value json.RawMessage, s *Settings) string {
	const until = " Until then, audit events are not exported."
	var text string
	if json.Unmarshal(value, &text) != nil {
		return "Write a string." + until
	}
	endpoint, err := audit.ParseEndpoint(text)
	if err != nil {
		return fault.As(err).Text + until
	}
	s.AuditEndpoint = endpoint
	return ""
}

// UnusedAuditToken returns the Problem of an invalid token for audit events.
func UnusedAuditToken(err error) Problem {
	return Problem{AuditToken, fmt.Sprintf("The data source's token for audit events (%s) is invalid. %s Until it is corrected, audit events are not exported.", AuditToken, fault.As(err).Text)}
}
