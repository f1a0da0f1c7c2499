package rest

import (
	"encoding/json"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// accessState serves GET access: what the caller may read and query.
func (a api) accessState(r *http.Request, in input) (any, error) {
	if a.AccessProblems > 0 {
		return access.InvalidState(fault.As(a.Broken).Text), in.checkNames()
	}
	return access.FromContext(r.Context()).State(), in.checkNames()
}

// accessSchema serves GET access/schema: the JSON Schema of the text of the access rules.
func accessSchema(_ *http.Request, in input) (any, error) {
	return json.RawMessage(access.Schema()), in.checkNames()
}

// explainAccess serves POST access/explain: what a caller may read and query.
func (a api) explainAccess(body []byte) (any, error) {
	if a.AccessProblems > 0 {
		return access.ExplainBody(body, nil, a.Broken)
	}
	return access.ExplainBody(body, a.Access, nil)
}

// withBody returns the function of a route that checks or explains access rules. The route has
// no parameters. The function calls serve with the request's body when the budget allows that.
func (a api) withBody(serve func(body []byte) (any, error)) serveFunc {
	return func(r *http.Request, in input) (response any, err error) {
		if err := in.checkNames(); err != nil {
			return nil, err
		}
		leave, err := a.rules.Enter("checks of access rules")
		if err != nil {
			return nil, err
		}
		defer leave()
		body, err := readBody(r, maxBodyBytes)
		if err != nil {
			return nil, err
		}
		waited := a.parse(r, func() error {
			response, err = serve(body)
			return err
		})
		return response, waited
	}
}
