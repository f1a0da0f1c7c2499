package rest

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestResources checks the responses to requests with decoded paths, as Grafana passes them.
func TestResources(t *testing.T) {
	handler := Resources(options(t, &upstream{status: 200}))
	for _, test := range []struct {
		path, url string
		status    int
		want      string
	}{
		{"api/metrics/total_models", "api/metrics/total_models?workspace=a", 200, `sum(total_models{workspace=\"a\"})`},
		{"api/metrics/100%", "api/metrics/100%25", 404, `no metric \"100%\"`},
		{"api/metrics/total_models?workspace=a", "api/metrics/total_models%3Fworkspace=a", 404, `no metric \"total_models?workspace=a\"`},
		{"api/metrics/a b\x00\n", "api/metrics/a%20b%00%0A", 404, `NOT_FOUND`},
		{"api/metrics/\xff", "api/metrics/%FF", 400, `is not valid UTF-8`},
		{"api/metrics/a/b", "api/metrics/a/b", 404, `NOT_FOUND`},
		{"", "", 404, `NOT_FOUND`},
	} {
		var got *backend.CallResourceResponse
		err := handler.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: test.path, URL: test.url},
			backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
				got = r
				return nil
			}))
		if err != nil || got.Status != test.status || !strings.Contains(string(got.Body), test.want) {
			t.Errorf("%q: %v %+v %s", test.path, err, got, got.Body)
		}
	}
}

// TestLargeResponsesAreSentInPieces checks the messages of responses of about maxPiece bytes and
// more.
func TestLargeResponsesAreSentInPieces(t *testing.T) {
	for _, size := range []int{maxPiece / 2, 2*maxPiece + maxPiece/2} {
		data := `{"resultType":"matrix","result":[{"metric":{"a":"` + strings.Repeat("x", size) + `"},"values":[]}]}`
		handler := Resources(options(t, &upstream{status: 200, body: `{"status":"success","data":` + data + `}`}))
		var sizes []int
		var text []byte
		err := handler.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: "api/v1/query_range", URL: "api/v1/query_range?query=x&start=1&end=2&step=1"},
			backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
				sizes, text = append(sizes, len(r.Body)), append(text, r.Body...)
				return nil
			}))
		if want := `{"status":"success","data":` + data + `}`; err != nil || string(text) != want {
			t.Errorf("%v, %.300s", err, text)
		}
		if want := (len(text) + maxPiece - 1) / maxPiece; len(sizes) != want || slices.Max(sizes) > maxPiece {
			t.Errorf("%d bytes were sent in messages of %d bytes, want %d messages", len(text), sizes, want)
		}
	}
}

// TestLabelNamesInPaths checks label names with characters that have a meaning in paths.
func TestLabelNamesInPaths(t *testing.T) {
	for _, label := range []string{"k8s.pod", "app.kubernetes.io/name", "a/b/c", "a//b", "a/values", "values/a", "50%", "%2F", "a?b=c", "a#b", "a;b", "a b", "größe", `a"b`, "a\nb", "\U0001f600"} {
		u := &upstream{status: 200, body: names}
		got := resource(t, Resources(options(t, u)), "api/v1/label/"+label+"/values")
		if want := "/api/v1/label/" + label + "/values"; got.Status != 200 || u.last(t).path != want {
			t.Errorf("%q: %d %s, sent %s", label, got.Status, got.Body, u.last(t).path)
		}
		got = resource(t, Resources(options(t, u)), "catalog/total_models/values/"+label)
		if !strings.Contains(string(got.Body), "total_models has no parameter") {
			t.Errorf("%q: %d %s", label, got.Status, got.Body)
		}
	}
}

// resource sends a GET request for a decoded path, as Grafana does.
func resource(t *testing.T, handler backend.CallResourceHandler, path string) (got *backend.CallResourceResponse) {
	t.Helper()
	address := (&url.URL{Path: path}).String()
	err := handler.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: path, URL: address},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			got = r
			return nil
		}))
	if err != nil || got == nil {
		t.Fatalf("%q: %v", path, err)
	}
	return got
}
