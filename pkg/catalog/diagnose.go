package catalog

import (
	"regexp"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

var anyMacro = regexp.MustCompile(`\$(?:__\w+|\{__\w+\})`)

// diagnose finds out where a query stops being PromQL. The text that is parsed
// is not the one that the author wrote, so its placeholders and macros are
// replaced by what is as long as they are: lines and columns stay right. err is
// what parsing the template failed with.
func diagnose(query string, err error) error {
	text := placeholder.ReplaceAllStringFunc(query, func(word string) string {
		if word == "__BY__" {
			return word // a label's name as it stands
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
