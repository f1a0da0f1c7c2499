package host

import (
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// serveResource passes a request's method, path, query, headers and body to the plugin.
// It cleans the path and removes the headers Authorization and Cookie.
func (h *Host) serveResource(w http.ResponseWriter, r *http.Request, below string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		writeBodyError(w, err)
		return
	}
	target := *r.URL
	target.Path, target.RawPath = strings.TrimPrefix(path.Clean("/"+below), "/"), ""
	headers := r.Header.Clone()
	headers.Del("Authorization")
	headers.Del("Cookie")
	req := &backend.CallResourceRequest{
		Path:    target.Path,
		Method:  r.Method,
		URL:     target.String(),
		Headers: headers,
		Body:    body,
	}
	started := false
	err = h.CallResource(r.Context(), req, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		if !started {
			started = true
			writeResourceHead(w, part)
		}
		if _, err := w.Write(part.Body); err != nil {
			return err
		}
		return http.NewResponseController(w).Flush()
	}))
	switch {
	case started: // the status is already sent, so an error can only end the response
	case err != nil:
		writePluginError(w, err)
	default:
		writeMessage(w, http.StatusInternalServerError, "The plugin sent no response")
	}
}

// writeResourceHead writes the status and headers of the first part of a
// response. As in Grafana, the response is sandboxed and can't set cookies.
func writeResourceHead(w http.ResponseWriter, part *backend.CallResourceResponse) {
	for name, values := range part.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "Set-Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade":
			continue
		}
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	if w.Header().Get("Content-Type") == "" && part.Status != http.StatusNoContent {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Content-Security-Policy", "sandbox")
	w.WriteHeader(max(part.Status, http.StatusOK))
}
