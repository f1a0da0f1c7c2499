package access

import (
	"encoding/json"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// body is the body of a request to check the access text or to explain a decision.
type body struct {
	Login  string  `json:"login"`
	Email  string  `json:"email"`
	Role   string  `json:"role"`
	Org    int64   `json:"org"`
	Alert  bool    `json:"alert"`
	Access *string `json:"access"` // access text; nil to explain a decision by the saved one
}

func parseBody(text []byte, form string) (b body, err error) {
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fault.New(fault.BadQuery, "The request's body must be %s: %v.", form, err)
	}
	return b, nil
}

// CheckBody returns the problems of the access text in the body of a request.
func CheckBody(text []byte) (any, error) {
	const form = `{"access": "<YAML>"}`
	b, err := parseBody(text, form)
	if err != nil {
		return nil, err
	}
	if b.Access == nil {
		return nil, fault.New(fault.BadQuery, "The request's body must be %s, but the key access is missing.", form)
	}
	_, problems := Parse(*b.Access)
	return map[string]Problems{"problems": append(Problems{}, problems...)}, nil
}

// ExplainBody explains the decision for the caller that the body of a request describes. If
// the body contains an access text, the rules of this text apply. Otherwise the saved rules
// apply. If the saved text is invalid, the argument invalid is its error, which ExplainBody
// returns instead of an explanation by the saved rules.
func ExplainBody(text []byte, saved *Rules, invalid error) (any, error) {
	b, err := parseBody(text, `{"login": "alice", "email": "alice@example.com", "role": "Viewer", "org": 1}`)
	if err != nil {
		return nil, err
	}
	if b.Access != nil {
		var problems Problems
		if saved, problems = Parse(*b.Access); len(problems) > 0 {
			return nil, fault.New(fault.BadQuery, "The access rules have problems. The first: %s", problems[0].String())
		}
	} else if invalid != nil {
		return nil, invalid
	}
	return saved.Explain(Caller{OrgID: b.Org, Login: b.Login, Email: b.Email, Role: b.Role, Alert: b.Alert}), nil
}
