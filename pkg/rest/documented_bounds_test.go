package rest

import (
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/docs"
)

func TestBoundsOfRoutesAreDocumented(t *testing.T) {
	var names []string
	for _, route := range newAPI(Options{}).routes() {
		names = append(names, route.name())
	}
	problems, err := docs.Unbounded("Routes", names)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}
