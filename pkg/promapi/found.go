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

// identifyTimeout bounds what finding out adds to a query, and unnamedKept is how
// long a server that said nothing of itself, perhaps only now, isn't asked again.
const (
	identifyTimeout = 3 * time.Second
	unnamedKept     = time.Minute
)

// Server says which server answers, asking it where that isn't known or was
// found out long ago. One caller asks; the others wait no longer than they may.
func (c *Client) Server(caller context.Context) Server {
	ctx, cancel := context.WithTimeout(caller, identifyTimeout)
	defer cancel()
	select {
	case c.found.asking <- struct{}{}:
		defer func() { <-c.found.asking }()
	case <-ctx.Done():
		return unnamed
	}
	if time.Now().Before(c.found.until) {
		return c.found.server
	}
	server := c.identify(ctx)
	if caller.Err() != nil {
		return server // cut short: what it would have said isn't known
	}
	kept := serverKept
	if server == unnamed {
		kept = unnamedKept
	}
	c.found.server, c.found.until = server, time.Now().Add(kept)
	return server
}

// unnamed is taken for what answers where nothing is known.
var unnamed = Server{Name: "Prometheus"}

// SpeaksMetricsQL reports whether the server understands more than PromQL.
func (s Server) SpeaksMetricsQL() bool { return s.Name == victoriaMetrics }
