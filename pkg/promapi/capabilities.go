package promapi

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Capabilities are what differs between servers of the API.
type Capabilities struct {
	Server    Server
	MetricsQL bool     // understands more than PromQL
	Method    string   // POST or GET: how a query reaches it, as far as that was tried
	Exemplars bool     // keeps them
	Warnings  []string // of its storage, such as a part that can't be read
}

// Capabilities finds out what the server can do. What it doesn't show within
// seconds counts as not there.
func (c *Client) Capabilities(ctx context.Context) Capabilities {
	server := cmp.Or(c.Server(ctx), unnamed)
	return Capabilities{
		Server:    server,
		MetricsQL: server.SpeaksMetricsQL(),
		Method:    c.method(c.instantCall(Instant{})),
		Exemplars: server.keepsExemplars() && c.answersExemplars(ctx),
		Warnings:  c.storageWarnings(ctx),
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

// storageWarnings reads a label's name from the storage of the last minutes. A query
// whose answer needs no series doesn't show whether a part of the storage is missing.
func (c *Client) storageWarnings(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	const recently = 5 * time.Minute
	now := time.Now()
	names, err := c.LabelNames(ctx, Selection{Start: now.Add(-recently), End: now, Limit: 1})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names.Warnings, func(text string) bool { return text == TruncatedWarning })
}
