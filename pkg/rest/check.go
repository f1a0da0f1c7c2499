package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// schema serves GET catalog/schema: the JSON Schema of a pack.
func schema(_ *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	return json.RawMessage(packfile.Schema()), nil
}

// checking is a semaphore that a check holds while it runs. A check takes up to half a second,
// and editors request checks while the user types. Therefore, the process runs only one check
// at a time.
var checking = make(chan struct{}, 1)

// check serves POST catalog/check: the problems of user packs, and the rendered queries of the
// packs without problems. The status is 200 even if packs have problems.
func (a api) check(r *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	leave, err := a.checks.Enter("checks of packs")
	if err != nil {
		return nil, err
	}
	defer leave()
	text, err := readPacks(r)
	if err != nil {
		return nil, err
	}
	select {
	case checking <- struct{}{}:
		defer func() { <-checking }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	with, problems := a.Builtin.With(r.Context(), text)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response := restjson.Check{Problems: orEmpty(problems), Metrics: []restjson.UserMetric{}}
	for _, pack := range with.Packs() {
		for _, m := range pack.Metrics {
			if builtin, err := a.Builtin.Metric(m.Name); err == nil && builtin == m {
				continue
			}
			if usable, err := with.Metric(m.Name); err != nil || usable != m {
				continue // response.Problems explains why the metric can't be used
			}
			entry := restjson.UserMetric{Name: m.Name, Title: m.Title, Pack: pack.Name, Overrides: m.Overrides() != nil, Query: m.Query, Record: m.Record}
			_, entry.Line = m.Position()
			if entry.Preview, err = m.Preview(); err != nil {
				return nil, err
			}
			response.Metrics = append(response.Metrics, entry)
		}
	}
	return response, nil
}

// readPacks reads a body of the form {"packs": "<YAML>"}.
func readPacks(r *http.Request) (string, error) {
	text, err := readBody(r, maxCheckBodyBytes)
	if err != nil {
		return "", err
	}
	var body struct {
		Packs *string `json:"packs"`
	}
	err = json.Unmarshal(text, &body)
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped:
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}, but it contains a JSON %s.`, wrong.Value)
	case err != nil:
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}: %v.`, err)
	case body.Packs == nil:
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}, but the key packs is missing.`)
	case len(*body.Packs) > maxPacksBytes:
		return "", fault.New(fault.BadQuery, "The packs are larger than %d MiB. Shorten them.", maxPacksBytes>>20)
	}
	return *body.Packs, nil
}
