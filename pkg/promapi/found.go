package promapi

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// found is what a client has learned about its server, so that nobody has to
// choose it from a list and nothing is found out twice.
type found struct {
	refusesPost sync.Map // path -> true: the server took GET only
	mu          sync.Mutex
	server      Server
	asked       time.Time // when server was found out; zero before
	noExemplars verdict
}

// serverKept is how long a server is taken for what it was: an upgrade is
// noticed within minutes.
const serverKept = 10 * time.Minute

// method is how a call is sent: by POST, unless the data source or the API wants
// GET, or the server has refused POST at this path.
func (c *Client) method(what call) string {
	if _, refused := c.found.refusesPost.Load(what.path); refused || what.readOnly || c.opts.Method == http.MethodGet {
		return http.MethodGet
	}
	return http.MethodPost
}

// Server says which server answers, asking it where that isn't known or was
// found out long ago.
func (c *Client) Server(ctx context.Context) Server {
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	if c.found.asked.IsZero() || time.Since(c.found.asked) > serverKept {
		server := c.Identify(ctx)
		if server == (Server{Name: "Prometheus"}) {
			return server // it said nothing of itself, perhaps only now
		}
		c.found.server, c.found.asked = server, time.Now()
	}
	return c.found.server
}

// SpeaksMetricsQL reports whether the server understands more than PromQL.
func (s Server) SpeaksMetricsQL() bool { return s.Name == "VictoriaMetrics" }
