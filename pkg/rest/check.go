package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// schema answers GET catalog/schema: the JSON Schema of a pack.
func schema(_ *http.Request, in input) (any, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	return json.RawMessage(packfile.Schema()), nil
}

// checked is the answer of POST catalog/check.
type checked struct {
	Problems packfile.Problems `json:"problems"`
	Metrics  []ownMetric       `json:"metrics"`
}

// ownMetric is a metric of a user's own packs that could be loaded.
type ownMetric struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Pack      string `json:"pack"`
	Line      int    `json:"line"`
	Overrides bool   `json:"overrides"` // stands in for a built-in metric
	Query     string `json:"query"`     // the template
	Preview   string `json:"preview"`   // rendered, with an example for each required parameter
	Record    string `json:"record,omitempty"`
}

// check answers POST catalog/check: what is wrong with a user's own packs, and what
// their metrics render to. Faulty packs are what it is asked about, so they are
// no error.
func (a api) check(r *http.Request, in input) (any, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	select {
	case a.checks <- struct{}{}:
		defer func() { <-a.checks }()
	default:
		return nil, fault.New(fault.Overloaded, "Other packs are being checked, and %d checks are waiting. Try again in a few seconds.", maxWaitingChecks)
	}
	text, err := packsOf(r)
	if err != nil {
		return nil, err
	}
	// Hostile packs are work for half a second, and an editor checks while its user
	// types.
	select {
	case a.checking <- struct{}{}:
		defer func() { <-a.checking }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	with, problems := a.Builtin.With(r.Context(), text)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer := checked{Problems: orEmpty(problems), Metrics: []ownMetric{}}
	for _, pack := range with.Packs() {
		for _, m := range pack.Metrics {
			if shipped, err := a.Builtin.Metric(m.Name); err == nil && shipped == m {
				continue
			}
			if usable, err := with.Metric(m.Name); err != nil || usable != m {
				continue // a problem says why
			}
			own := ownMetric{Name: m.Name, Title: m.Title, Pack: pack.Name, Overrides: m.Overrides() != nil, Query: m.Query, Record: m.Record}
			_, own.Line = m.Position()
			if own.Preview, err = m.Preview(); err != nil {
				return nil, err
			}
			answer.Metrics = append(answer.Metrics, own)
		}
	}
	return answer, nil
}

// packsOf reads the body: {"packs": "<YAML>"}.
func packsOf(r *http.Request) (string, error) {
	text, err := bodyOf(r, maxCheckBodyBytes)
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
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}, and has a JSON %s there.`, wrong.Value)
	case err != nil:
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}: %v.`, err)
	case body.Packs == nil:
		return "", fault.New(fault.BadQuery, `The request's body must be {"packs": "<YAML>"}, and has no packs.`)
	case len(*body.Packs) > maxPacksBytes:
		return "", fault.New(fault.BadQuery, "The packs are larger than %d MiB.", maxPacksBytes>>20)
	}
	return *body.Packs, nil
}
