// Package openapi holds the API's description, as it is served, to OpenAPI 3.1.
// That the API answers as it is described is tested beside its handlers.
package openapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
)

// served is the document of a data source with the built-in packs.
func served(t *testing.T) libopenapi.Document {
	t.Helper()
	metrics, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	rest.New(rest.Options{Catalog: metrics, Builtin: metrics, Now: time.Now}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	doc, err := libopenapi.NewDocument(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestDocumentIsOpenAPI31 checks it against the schema that the OpenAPI Initiative
// publishes for 3.1.
func TestDocumentIsOpenAPI31(t *testing.T) {
	doc := served(t)
	if got := doc.GetVersion(); got != "3.1.0" {
		t.Errorf("it is OpenAPI %s", got)
	}
	check, problems := validator.NewValidator(doc)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if valid, wrong := check.ValidateDocument(); !valid {
		for _, problem := range wrong {
			t.Errorf("%s: %s", problem.Message, problem.Reason)
			for _, detail := range problem.SchemaValidationErrors {
				t.Errorf("at %s: %s", detail.FieldPath, detail.Reason)
			}
		}
	}
}

// TestDocumentHangsTogether: a client generator reads it, and every reference in
// it leads somewhere.
func TestDocumentHangsTogether(t *testing.T) {
	model, err := served(t).BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	paths := 0
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		paths++
		for method, operation := range item.GetOperations().FromOldest() {
			for _, parameter := range operation.Parameters {
				if parameter.Schema == nil || parameter.Schema.Schema() == nil {
					t.Errorf("%s %s: parameter %s has no schema", method, path, parameter.Name)
				}
			}
			for status, response := range operation.Responses.Codes.FromOldest() {
				if content := response.Content.GetOrZero("application/json"); content == nil || content.Schema.Schema() == nil {
					t.Errorf("%s %s %s has no schema", method, path, status)
				}
			}
		}
	}
	if paths == 0 {
		t.Error("it has no paths")
	}
}
