package docs

import (
	"path"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestIssueForms checks the forms in .github/ISSUE_TEMPLATE: GitHub ignores a form with a missing
// key, an unknown type or a repeated id.
func TestIssueForms(t *testing.T) {
	forms := 0
	for name, text := range repository(t) {
		if path.Dir(name) != ".github/ISSUE_TEMPLATE" || path.Base(name) == "config.yml" {
			continue
		}
		forms++
		var form struct {
			Name, Description string
			Labels            []string
			Body              []struct {
				Type        string
				ID          string
				Attributes  struct{ Label, Value string }
				Validations map[string]bool
			}
		}
		if err := yaml.Unmarshal([]byte(text), &form); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if form.Name == "" || form.Description == "" || len(form.Body) == 0 {
			t.Errorf("%s has no name, no description or no body", name)
		}
		var ids []string
		for _, field := range form.Body {
			isMarkdown := field.Type == "markdown"
			switch {
			case !slices.Contains([]string{"markdown", "textarea", "input", "dropdown", "checkboxes"}, field.Type):
				t.Errorf("%s has a field of the unknown type %q", name, field.Type)
			case isMarkdown && field.Attributes.Value == "", !isMarkdown && (field.Attributes.Label == "" || field.ID == ""):
				t.Errorf("%s has a %s without a text, a label or an id", name, field.Type)
			case !isMarkdown && slices.Contains(ids, field.ID):
				t.Errorf("%s has the id %s twice", name, field.ID)
			}
			ids = append(ids, field.ID)
		}
		if strings.Contains(text, "\t") {
			t.Errorf("%s has a tab", name)
		}
	}
	if forms < 3 {
		t.Errorf("there are %d forms", forms)
	}
}
