package promapi

import (
	"context"
	"time"
)

// Capabilities are what differs between servers of the API.
type Capabilities struct {
	Server    Server
	MetricsQL bool   // understands more than PromQL
	Method    string // POST or GET: how a query reaches it, as far as that was tried
	Exemplars bool   // keeps them
}

// Capabilities finds out what the server can do. What it doesn't show within
// seconds counts as not there.
func (c *Client) Capabilities(ctx context.Context) Capabilities {
	server := c.Server(ctx)
	return Capabilities{
		Server:    server,
		MetricsQL: server.SpeaksMetricsQL(),
		Method:    c.method(c.instantCall(Instant{})),
		Exemplars: server.keepsExemplars() && c.answersExemplars(ctx),
	}
}

// answersExemplars asks for the exemplars of a single moment. Whether there are any
// doesn't matter.
func (c *Client) answersExemplars(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	now := time.Now()
	_, err := c.Exemplars(ctx, "up", now, now)
	return err == nil && c.hasExemplars()
}
