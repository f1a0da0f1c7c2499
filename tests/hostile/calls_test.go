package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// call is one call of the plugin. The JSON of its request is encoded only once, so that
// repeated calls take little CPU time.
type call struct {
	name string
	make func(ctx context.Context, plugin *host.Host) outcome
}

// outcome is the result of a call.
type outcome struct {
	call   string
	status int    // HTTP status
	text   string // error; for get and post, the body of the error response
	size   int    // approximate bytes of the response
	err    error  // set if there is no complete response
}

// fields are the fields of a query's JSON.
type fields = map[string]any

// panel returns a call that sends a query of a panel.
func panel(q fields) call { return queries("panel", []fields{q}, nil) }

// alert returns a call that sends a query as the alert engine does.
func alert(q fields) call {
	return queries("alert", []fields{q}, map[string]string{host.FromAlert: "true"})
}

// dashboard returns a call that sends n copies of a query in one request.
func dashboard(n int, q fields) call {
	all := make([]fields, n)
	for i := range all {
		all[i] = fields{"refId": fmt.Sprintf("Q%d", i)}
		maps.Copy(all[i], q)
	}
	return queries(fmt.Sprintf("%d queries", n), all, nil)
}

func queries(name string, all []fields, headers map[string]string) call {
	encode := sync.OnceValues(func() ([]backend.DataQuery, error) { return dataQueries(all) })
	return call{name, func(ctx context.Context, plugin *host.Host) outcome {
		requests, err := encode()
		if err != nil {
			return outcome{err: err}
		}
		encoded, err := plugin.SendQueries(ctx, requests, headers)
		if err != nil {
			return outcome{err: err}
		}
		var o outcome
		for _, q := range requests {
			response := encoded.GetResponses()[q.RefID]
			if response == nil {
				return outcome{err: fmt.Errorf("no response to %s", q.RefID)}
			}
			if status := int(response.GetStatus()); status > o.status { // keep the highest status
				o.status, o.text = status, response.GetError()
			}
			for _, frame := range response.GetFrames() {
				o.size += len(frame)
			}
		}
		return o
	}}
}

// chunked returns a call that sends a panel's query and requests a chunked response. The
// call that slowChunked returns reads only one chunk every half second.
func chunked(q fields) call { return chunkedWith("chunked", q, 0) }

func slowChunked(q fields) call { return chunkedWith("chunked, read slowly", q, 500*time.Millisecond) }

// valueBytes is the assumed size of each value in a chunk. Times and float64s have this size.
const valueBytes = 8

func chunkedWith(name string, q fields, pause time.Duration) call {
	encode := sync.OnceValues(func() ([]backend.DataQuery, error) { return dataQueries([]fields{q}) })
	return call{name, func(ctx context.Context, plugin *host.Host) outcome {
		requests, err := encode()
		if err != nil {
			return outcome{err: err}
		}
		o := outcome{status: http.StatusOK}
		o.err = plugin.QueryChunkedData(ctx, requests, nil, func(chunk host.Chunk) error {
			time.Sleep(pause)
			if chunk.Err != nil {
				o.status, o.text = int(chunk.Status), chunk.Err.Error()
			}
			if chunk.Frame != nil {
				o.size += chunk.Frame.Rows() * len(chunk.Frame.Fields) * valueBytes
			}
			return nil
		})
		return o
	}}
}

func dataQueries(all []fields) ([]backend.DataQuery, error) {
	requests := make([]backend.DataQuery, len(all))
	for i, q := range all {
		copied := fields{}
		maps.Copy(copied, q)
		var err error
		if requests[i], err = dataQuery(copied); err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// get returns a call that sends a GET request to a resource route.
func get(target string) call {
	return call{"GET " + clipped(target), func(ctx context.Context, plugin *host.Host) outcome {
		return callRoute(ctx, plugin, http.MethodGet, target, nil)
	}}
}

// post returns a call that sends a POST request with a body of JSON to a resource route.
func post(target string, body any) call {
	encode := sync.OnceValues(func() ([]byte, error) {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(body)
		return text.Bytes(), err
	})
	return call{"POST " + clipped(target), func(ctx context.Context, plugin *host.Host) outcome {
		text, err := encode()
		if err != nil {
			return outcome{err: err}
		}
		return callRoute(ctx, plugin, http.MethodPost, target, text)
	}}
}

// withHeaders returns a call that sends a GET request with headers to a resource route.
func withHeaders(headers map[string]string, target string) call {
	return call{"GET " + clipped(target), func(ctx context.Context, plugin *host.Host) outcome {
		req := &backend.CallResourceRequest{Method: http.MethodGet, Path: target, URL: target, Headers: map[string][]string{}}
		for name, value := range headers {
			req.Headers[name] = []string{value}
		}
		var o outcome
		o.err = plugin.CallResource(ctx, req, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
			o.status, o.size = part.Status, len(part.Body)
			return nil
		}))
		return o
	}}
}

func callRoute(ctx context.Context, plugin *host.Host, method, target string, body []byte) outcome {
	status, answer, err := resource(ctx, plugin, method, target, body)
	o := outcome{status: status, size: len(answer), err: err}
	if status != http.StatusOK {
		o.text = string(answer)
	}
	return o
}

// health returns a call of the health check, which Save & test runs.
func health() call {
	return call{"health", func(ctx context.Context, plugin *host.Host) outcome {
		result, err := plugin.CheckHealth(ctx)
		if err != nil {
			return outcome{err: err}
		}
		o := outcome{status: http.StatusOK, size: len(result.JSONDetails)}
		if result.Status != backend.HealthStatusOk {
			o.status, o.text = http.StatusBadRequest, result.Message
		}
		return o
	}}
}

// errCanceled is the cause of the contexts that end because the caller cancels.
var errCanceled = errors.New("the caller canceled")

func clipped(text string) string { return fmt.Sprintf("%.60s", text) }
