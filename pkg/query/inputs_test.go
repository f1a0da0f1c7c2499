package query

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/docs"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

func TestBoundsOfQueryTypesAreDocumented(t *testing.T) {
	names := make([]string, len(types))
	for i, name := range types {
		names[i] = string(name)
	}
	checkBounds(t, "Query types", names)
}

// TestBoundsOfQueryFieldsAreDocumented checks that the bounds of all JSON fields that this
// package decodes are documented, including those of nested fields.
func TestBoundsOfQueryFieldsAreDocumented(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range jsonTag.FindAllSubmatch(text, -1) {
			fields = append(fields, string(tag[1]))
		}
	}
	fields = append(fields, nestedFields("adhocFilters.", promql.Filter{})...)
	fields = append(fields, nestedFields("params.", catalog.Param{})...)
	checkBounds(t, "Fields of a query", fields)
}

var jsonTag = regexp.MustCompile("`json:\"(\\w+)")

// nestedFields returns the JSON fields of a struct.
func nestedFields(prefix string, value any) (fields []string) {
	for field := range reflect.TypeOf(value).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, prefix+name)
	}
	return fields
}

func checkBounds(t *testing.T, heading string, inputs []string) {
	t.Helper()
	if len(inputs) == 0 {
		t.Fatal("no inputs")
	}
	problems, err := docs.Unbounded(heading, inputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}
