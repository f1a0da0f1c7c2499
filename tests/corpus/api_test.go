package corpus

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// apiAnswer is a response of the Prometheus HTTP API.
type apiAnswer struct {
	code int
	body struct {
		Status, ErrorType, Error string
		Data                     struct {
			ResultType string
			Result     json.RawMessage
		}
		Warnings, Infos []string
	}
}

// compareAPI sends a request to the plugin's route of the Prometheus HTTP API, and to the server.
// It reports differences between the responses as errors of the test. With GET, the parameters
// are in the URL, otherwise in the body.
func (e *comparingEngine) compareAPI(ctx context.Context, method, path string, form url.Values) {
	want, err := callAPI(ctx, method, e.server+"/api/v1/"+path, form)
	if err != nil {
		e.file.Errorf("%s: %v", form.Get("query"), err)
		return
	}
	got, err := callAPI(ctx, method, e.api+"/api/v1/"+path, form)
	if err != nil {
		e.file.Errorf("%s: %v", form.Get("query"), err)
		return
	}
	e.count.apiCalls++
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		e.file.Errorf("%s (%s %s)\n%s", form.Get("query"), method, path, diff)
	}
}

func callAPI(ctx context.Context, method, address string, form url.Values) (a apiAnswer, err error) {
	var body io.Reader
	if method == http.MethodGet {
		address += "?" + form.Encode()
	} else {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return a, err
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer func() { _ = resp.Body.Close() }()
	a.code = resp.StatusCode
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(text, &a.body)
}

// String returns the response with its series, warnings and infos in alphabetical order.
// Prometheus returns warnings, and the series of some expressions, in random order.
func (a apiAnswer) String() string {
	var series []json.RawMessage
	result := string(a.body.Data.Result)
	if json.Unmarshal(a.body.Data.Result, &series) == nil && (a.body.Data.ResultType == "vector" || a.body.Data.ResultType == "matrix") {
		lines := make([]string, len(series))
		for i, s := range series {
			lines[i] = string(s)
		}
		slices.Sort(lines)
		result = strings.Join(lines, "\n")
	}
	slices.Sort(a.body.Warnings)
	slices.Sort(a.body.Infos)
	return fmt.Sprintf("%d %s %s: %s\n%s %s\nwarnings %q\ninfos %q", a.code, a.body.Status, a.body.ErrorType, a.body.Error, a.body.Data.ResultType, result, a.body.Warnings, a.body.Infos)
}
