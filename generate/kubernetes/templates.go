package kubernetes

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed templates
var templateFiles embed.FS

// parsed are the templates. Helm's templates use {{ }}, so these use [[ ]].
var parsed = template.Must(template.New("").Delims("[[", "]]").Option("missingkey=error").Funcs(template.FuncMap{"indent": indent}).
	ParseFS(templateFiles, "templates/*"))

// templates adds the files that consist mostly of text: the resource Grafana, the values for
// the Helm chart, and the network policies.
func templates(w *writer, _ Sources, f facts) error {
	values := struct {
		facts
		PartOf                        string
		Script, InitContainer, Egress string
	}{facts: f, PartOf: partOf}
	for _, part := range []struct {
		template string
		target   *string
	}{
		{"install-plugin.sh", &values.Script},
		{"init-container.yaml", &values.InitContainer},
		{"network-policy-egress.yaml", &values.Egress},
	} {
		text, err := execute(part.template, values)
		if err != nil {
			return err
		}
		*part.target = strings.TrimSuffix(text, "\n")
	}
	for _, file := range []struct{ dir, name, template string }{
		{operatorDir, "grafana.yaml", "grafana-operator.yaml"},
		{helmDir, "values.yaml", "grafana-helm-values.yaml"},
		{networkPolicyDir, "grafana-operator.yaml", "network-policy-operator.yaml"},
		{networkPolicyDir, "grafana-helm.yaml", "network-policy-helm.yaml"},
	} {
		text, err := execute(file.template, values)
		if err != nil {
			return err
		}
		w.addText(file.dir, file.name, "generate/kubernetes/templates", text)
	}
	return nil
}

func execute(name string, values any) (string, error) {
	var text strings.Builder
	if err := parsed.ExecuteTemplate(&text, name, values); err != nil {
		return "", fmt.Errorf("template %s: %w", name, err)
	}
	return text.String(), nil
}

// indent adds spaces at the start of each line.
func indent(spaces int, text string) string {
	prefix := strings.Repeat(" ", spaces)
	return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix)
}
