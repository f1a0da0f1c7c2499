package prometheusapi

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ruleParams are the parameters of api/v1/rules.
var ruleParams = []string{"type", "rule_name[]", "rule_group[]", "file[]", "match[]", "exclude_alerts", "group_limit", "group_next_token"}

// Rules serves GET api/v1/rules. A caller whose access rule has matchers gets an error, because
// the server can't restrict its rules to a tenant.
func (a API) Rules(ctx context.Context, form url.Values) (json.RawMessage, error) {
	params := url.Values{}
	for _, name := range ruleParams {
		if values := form[name]; len(values) > 0 {
			params[name] = values
		}
	}
	return encodeData(a.Client.Rules(ctx, params))
}

// Alerts serves GET api/v1/alerts, for the same callers as Rules.
func (a API) Alerts(ctx context.Context, _ url.Values) (json.RawMessage, error) {
	return encodeData(a.Client.Alerts(ctx))
}

// BuildInfo serves GET api/v1/status/buildinfo.
func (a API) BuildInfo(ctx context.Context, _ url.Values) (json.RawMessage, error) {
	return encodeData(a.Client.BuildInfo(ctx))
}

func encodeData(data json.RawMessage, err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	return encode(data, series.Notes{})
}
