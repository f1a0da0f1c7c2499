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

func TestEveryQueryTypeHasABound(t *testing.T) {
	names := make([]string, len(types))
	for i, name := range types {
		names[i] = string(name)
	}
	checkBounds(t, "Query types", names)
}

// TestEveryFieldOfAQueryHasABound: the fields are those of all JSON that this package
// reads, and of what is nested in it.
func TestEveryFieldOfAQueryHasABound(t *testing.T) {
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
	fields = append(fields, nested("adhocFilters.", promql.Filter{})...)
	fields = append(fields, nested("params.", catalog.Param{})...)
	checkBounds(t, "Fields of a query", fields)
}

var jsonTag = regexp.MustCompile("`json:\"(\\w+)")

// nested lists the JSON fields of a struct.
func nested(prefix string, of any) (fields []string) {
	for field := range reflect.TypeOf(of).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, prefix+name)
	}
	return fields
}

func checkBounds(t *testing.T, heading string, inputs []string) {
	t.Helper()
	if len(inputs) == 0 {
		t.Fatal("there are no inputs")
	}
	problems, err := docs.Unbounded(heading, inputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}
