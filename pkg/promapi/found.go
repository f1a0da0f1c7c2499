package promapi

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// found is what a client has learned about its server, so that nobody has to
// choose it from a list and nothing is found out twice.
type found struct {
	refusesPost sync.Map      // path -> *verdict: the server took GET only
	asking      chan struct{} // held by whoever reads or finds out what follows
	server      Server
	until       time.Time // when server has to be found out again
	noExemplars verdict
}

// serverKept is how long a server is taken for what it was: an upgrade is
// noticed within minutes.
const serverKept = 10 * time.Minute

// verdict is something learned about a server, which an upgrade may change. The
// zero value is none.
type verdict struct{ until atomic.Int64 }

func (v *verdict) remember()   { v.until.Store(time.Now().Add(serverKept).UnixNano()) }
func (v *verdict) holds() bool { return time.Now().UnixNano() < v.until.Load() }

// method is how a call is sent: by POST, unless the data source or the API wants
// GET, or the server has refused POST at this path.
func (c *Client) method(what call) string {
	if known, asked := c.found.refusesPost.Load(what.path); asked && known.(*verdict).holds() || what.readOnly || c.opts.Method == http.MethodGet {
		return http.MethodGet
	}
	return http.MethodPost
}

const (
	// identifyTimeout bounds what identifying the server adds to a query.
	identifyTimeout = 3 * time.Second
	// unnamedKept is how long a server that answers, but doesn't say which it is, perhaps
	// only now, isn't identified again.
	unnamedKept = time.Minute
	// unansweredKept is the same for a server that doesn't answer: long enough that the
	// queries of a dashboard don't each wait for it, and over soon after it is back.
	unansweredKept = 3 * time.Second
)

// Server returns the server that answers, and identifies it where that has not been
// done or was done long ago. It is the zero Server for one that doesn't answer. One
// caller identifies it; the others wait no longer than identifyTimeout.
func (c *Client) Server(caller context.Context) Server {
	ctx, cancel := context.WithTimeout(caller, identifyTimeout)
	defer cancel()
	select {
	case c.found.asking <- struct{}{}:
		defer func() { <-c.found.asking }()
	case <-ctx.Done():
		return Server{}
	}
	if time.Now().Before(c.found.until) {
		return c.found.server
	}
	server, complete := c.identify(ctx)
	if caller.Err() != nil {
		return server // cut short: what it would have said isn't known
	}
	kept := serverKept
	switch {
	case !complete:
		kept = unansweredKept
	case server == unnamed:
		kept = unnamedKept
	}
	c.found.server, c.found.until = server, time.Now().Add(kept)
	return server
}

// unnamed is what a server is taken for that doesn't say which it is.
var unnamed = Server{Name: "Prometheus"}

// SpeaksMetricsQL reports whether the server understands more than PromQL.
func (s Server) SpeaksMetricsQL() bool { return s.Name == victoriaMetrics }
