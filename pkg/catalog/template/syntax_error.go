package template

import (
	"regexp"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

var anyMacro = regexp.MustCompile(`\$(?:__\w+|\{__\w+\})`)

// SyntaxError returns the syntax error of a query, with the line and column in the text
// that the author wrote. err is the error of Template.Tree, which replaces placeholders and
// macros with texts of other lengths. SyntaxError replaces each of them with PromQL of the
// same length and parses the result. If the result is valid, SyntaxError returns err.
func SyntaxError(query string, err error) error {
	text := placeholder.ReplaceAllStringFunc(query, func(word string) string {
		if word == "__BY__" {
			return word // is a valid label name
		}
		return `a="` + strings.Repeat("b", len(word)-len(`a=""`)) + `"`
	})
	text = anyMacro.ReplaceAllStringFunc(text, func(macro string) string {
		if name := strings.Trim(macro, "${}"); strings.HasSuffix(name, "_ms") || strings.HasSuffix(name, "_s") {
			return strings.Repeat("0", len(macro)-1) + "1"
		}
		return strings.Repeat("0", len(macro)-2) + "5m"
	})
	if _, exact := promql.Parse(text); exact != nil {
		return exact
	}
	return err
}
