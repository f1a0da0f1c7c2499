package promapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Exemplars asks for those of the series that an expression selects, whatever it
// makes of them. (Prometheus HTTP API, querying exemplars.) A server without
// exemplars has none for any expression: that is no error, and for some minutes
// it isn't asked again. See hasExemplars.
func (c *Client) Exemplars(ctx context.Context, expr string, start, end time.Time) (series.ExemplarResult, error) {
	var none series.ExemplarResult
	if !c.hasExemplars() {
		return none, nil
	}
	answer, err := ask(ctx, c, call{api: "query_exemplars", path: "api/v1/query_exemplars", form: url.Values{
		"query": {expr},
		"start": {timestamp(start)},
		"end":   {timestamp(end)},
	}}, func(r io.Reader) (series.ExemplarResult, error) { return promjson.Exemplars(r, maxExemplars) })
	status, failed := errors.AsType[statusError](err)
	switch {
	case failed && status.isMissing(), err == nil && len(answer.Series) == 0 && !c.Server(ctx).keepsExemplars():
		c.found.noExemplars.remember()
		return none, nil
	case err != nil:
		return none, err
	}
	return answer, nil
}

// hasExemplars reports whether the server may have exemplars: false for some
// minutes after it has shown that it keeps none, as VictoriaMetrics, which answers
// for the sake of compatibility, and servers without the API do.
func (c *Client) hasExemplars() bool { return !c.found.noExemplars.holds() }

// keepsExemplars reports whether the server stores exemplars at all. One that
// doesn't may still answer a request for them, with none.
func (s Server) keepsExemplars() bool { return s.Name != victoriaMetrics }

// statusError is the HTTP status, other than 2xx, of an answer.
type statusError int

func (s statusError) Error() string { return "HTTP status " + strconv.Itoa(int(s)) }

// isMissing reports whether the server doesn't have what was asked for.
func (s statusError) isMissing() bool {
	return s == http.StatusNotFound || s == http.StatusMethodNotAllowed || s == http.StatusNotImplemented
}
