// Package openapi checks that the plugin serves a valid OpenAPI 3.1 document. The tests
// in pkg/rest check that the API matches the document.
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

// served returns the OpenAPI document of a data source with the built-in packs.
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

// TestDocumentIsOpenAPI31 validates the document with the OpenAPI Initiative's schema for
// version 3.1.
func TestDocumentIsOpenAPI31(t *testing.T) {
	doc := served(t)
	if got := doc.GetVersion(); got != "3.1.0" {
		t.Errorf("the version is %s, want 3.1.0", got)
	}
	check, problems := validator.NewValidator(doc)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if valid, invalid := check.ValidateDocument(); !valid {
		for _, problem := range invalid {
			t.Errorf("%s: %s", problem.Message, problem.Reason)
			for _, detail := range problem.SchemaValidationErrors {
				t.Errorf("at %s: %s", detail.FieldPath, detail.Reason)
			}
		}
	}
}

// Every reference in the document must resolve, because client generators follow the
// references. Every parameter and every response must have a schema.
func TestDocumentReferencesResolve(t *testing.T) {
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
		t.Error("the document has no paths")
	}
}
