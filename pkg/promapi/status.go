package promapi

import (
	"context"
	"encoding/json"
	"io"
	"net/url"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Rules returns the data of the server's recording and alerting rules unchanged. The form
// contains the parameters of the request. (Prometheus HTTP API, rules.)
func (c *Client) Rules(ctx context.Context, form url.Values) (json.RawMessage, error) {
	return c.unconfined(ctx, apiCall{api: "rules", path: "api/v1/rules", form: form})
}

// Alerts returns the data of the server's active alerts unchanged. (Prometheus HTTP API,
// alerts.)
func (c *Client) Alerts(ctx context.Context) (json.RawMessage, error) {
	return c.unconfined(ctx, apiCall{api: "alerts", path: "api/v1/alerts"})
}

// unconfined sends a call whose answer matchers can't restrict. If the Governor has matchers,
// the result is the Governor's error.
func (c *Client) unconfined(ctx context.Context, call apiCall) (json.RawMessage, error) {
	matchers, err := c.matchers(ctx)
	if err != nil {
		return nil, err
	}
	if len(matchers) > 0 {
		return nil, c.opts.Governor.NotConfinable(ctx, call.api, fault.New(fault.Forbidden, "The server's %s can't be restricted to the series that your access rule permits.", call.api))
	}
	return c.rawData(ctx, call)
}

// BuildInfo returns the data of the server's build information unchanged. It doesn't call the
// Governor, because the answer contains no data of series. (Prometheus HTTP API, build
// information.)
func (c *Client) BuildInfo(ctx context.Context) (json.RawMessage, error) {
	return c.rawData(ctx, apiCall{api: "identify", path: "api/v1/status/buildinfo"})
}

// rawData sends a call with GET and returns the data of the answer.
func (c *Client) rawData(ctx context.Context, call apiCall) (json.RawMessage, error) {
	call.getOnly, call.governed, call.maxBytes = true, true, maxStatusBytes
	return fetch(ctx, c, call, func(r io.Reader) (json.RawMessage, error) {
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Status string          `json:"status"`
			Data   json.RawMessage `json:"data"`
			promjson.APIError
		}
		switch err := json.Unmarshal(text, &answer); {
		case err != nil:
			return nil, &promjson.SyntaxError{Text: "the body is not valid JSON", Offset: int64(len(text))}
		case answer.Status != "success":
			return nil, &answer.APIError
		}
		return answer.Data, nil
	})
}
