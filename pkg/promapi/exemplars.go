package promapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// mostExemplars bounds one answer. A Prometheus keeps 100,000 unless it is told
// otherwise.
const mostExemplars = 100_000

// Exemplars asks for those of the series that an expression selects, whatever it
// makes of them. (Prometheus HTTP API, querying exemplars.) A server without
// exemplars has none for any expression: that is no error, and for some minutes
// it isn't asked again. See HasExemplars.
func (c *Client) Exemplars(ctx context.Context, expr string, start, end time.Time) ([]series.ExemplarSeries, error) {
	if !c.HasExemplars() {
		return nil, nil
	}
	all, err := ask(ctx, c, call{path: "api/v1/query_exemplars", form: url.Values{
		"query": {expr},
		"start": {timestamp(start)},
		"end":   {timestamp(end)},
	}}, func(r io.Reader) ([]series.ExemplarSeries, error) { return promjson.Exemplars(r, mostExemplars) })
	status, failed := errors.AsType[statusError](err)
	switch {
	case failed && status.isMissing(), err == nil && len(all) == 0 && !c.Server(ctx).KeepsExemplars():
		c.found.noExemplars.remember()
		return nil, nil
	case err != nil:
		return nil, err
	}
	return all, nil
}

// HasExemplars reports whether the server may have exemplars: false for some
// minutes after it has shown that it keeps none, as VictoriaMetrics, which answers
// for the sake of compatibility, and servers without the API do.
func (c *Client) HasExemplars() bool { return !c.found.noExemplars.holds() }

// KeepsExemplars reports whether the server stores exemplars at all. One that
// doesn't may still answer a request for them, with none.
func (s Server) KeepsExemplars() bool { return s.Name != "VictoriaMetrics" }

// verdict is something learned about a server, which an upgrade may change. The
// zero value is none.
type verdict struct{ until atomic.Int64 }

func (v *verdict) remember()   { v.until.Store(time.Now().Add(serverKept).UnixNano()) }
func (v *verdict) holds() bool { return time.Now().UnixNano() < v.until.Load() }

// statusError is the HTTP status, other than 2xx, of an answer.
type statusError int

func (s statusError) Error() string { return "HTTP status " + strconv.Itoa(int(s)) }

// isMissing reports whether the server doesn't have what was asked for.
func (s statusError) isMissing() bool {
	return s == http.StatusNotFound || s == http.StatusMethodNotAllowed || s == http.StatusNotImplemented
}
