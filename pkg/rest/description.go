package rest

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/openapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// document returns the handler of GET api/openapi.json. The document is the OpenAPI 3.1
// description of the routes. It lists the catalog's metrics and their parameters. The handler
// creates it only once, at the first request, because the catalog doesn't change.
func (a api) document() func(*http.Request, input) (any, error) {
	describe := sync.OnceValues(func() (json.RawMessage, error) {
		description, err := openapi.Describe(a.Catalog)
		if err != nil {
			return nil, err
		}
		return restjson.Marshal(description)
	})
	return func(_ *http.Request, in input) (any, error) {
		if err := in.checkNames(); err != nil {
			return nil, err
		}
		return describe()
	}
}
