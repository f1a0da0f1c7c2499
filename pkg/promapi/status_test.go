package promapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// unconfinable are the methods of Client that request data to which matchers can't be added.
var unconfinable = map[string]func(context.Context, *Client) (json.RawMessage, error){
	"Rules": func(ctx context.Context, c *Client) (json.RawMessage, error) {
		return c.Rules(ctx, url.Values{"type": {"alert"}})
	},
	"Alerts": func(ctx context.Context, c *Client) (json.RawMessage, error) { return c.Alerts(ctx) },
}

// TestUnconfinableRequests: a caller without matchers gets the server's data, and a caller whose
// rule has matchers gets the Governor's error without a request.
func TestUnconfinableRequests(t *testing.T) {
	for name, send := range unconfinable {
		g, u := new(governor), newUpstream()
		c := governed(t, g, u, Options{})
		if _, err := send(t.Context(), c); !errors.Is(err, errDenied) {
			t.Errorf("%s without a decision: %v", name, err)
		}
		if _, err := send(withMatchers(t.Context(), tenant("acme")), c); err == nil || !strings.HasPrefix(err.Error(), "not confinable: ") {
			t.Errorf("%s with matchers: %v", name, err)
		}
		if len(u.paths) > 0 {
			t.Errorf("%s: sent %v", name, u.paths)
		}
		data, err := send(withMatchers(t.Context()), c)
		api := strings.ToLower(name)
		if want := strings.TrimSuffix(strings.TrimPrefix(u.answers[api], `{"status":"success","data":`), "}"); err != nil || string(data) != want || !slices.Equal(u.paths, []string{api}) {
			t.Errorf("%s without matchers: %s, %v, sent %v", name, data, err, u.paths)
		}
	}
}
