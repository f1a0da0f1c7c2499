package pages

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// grafanaDataSource contains the attributes of the resource grafana_data_source that the page uses.
type grafanaDataSource struct {
	Type     string            `hcl:"type"`
	Name     string            `hcl:"name"`
	UID      string            `hcl:"uid"`
	URL      string            `hcl:"url"`
	Headers  map[string]string `hcl:"http_headers,optional"`
	JSONData string            `hcl:"json_data_encoded,optional"`
	Secure   string            `hcl:"secure_json_data_encoded,optional"`
}

// terraformSource returns the data source that a Terraform configuration describes, as Grafana's
// provider sends it to Grafana.
func terraformSource(t *testing.T, text string) provision.DataSource {
	t.Helper()
	file, problems := hclparse.NewParser().ParseHCL([]byte(text), "datasource.tf")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var configuration struct {
		Resources []struct {
			Type string   `hcl:"type,label"`
			Name string   `hcl:"name,label"`
			Body hcl.Body `hcl:",remain"`
		} `hcl:"resource,block"`
		Variables []struct {
			Name string   `hcl:"name,label"`
			Body hcl.Body `hcl:",remain"`
		} `hcl:"variable,block"`
		Rest hcl.Body `hcl:",remain"`
	}
	if problems := gohcl.DecodeBody(file.Body, nil, &configuration); problems.HasErrors() {
		t.Fatal(problems)
	}
	variables := map[string]cty.Value{}
	for _, variable := range configuration.Variables {
		variables[variable.Name] = cty.StringVal(token)
	}
	context := &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(variables)},
		Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc},
	}
	if len(configuration.Resources) != 1 || configuration.Resources[0].Type != "grafana_data_source" {
		t.Fatalf("resources: %v", configuration.Resources)
	}
	var resource grafanaDataSource
	if problems := gohcl.DecodeBody(configuration.Resources[0].Body, context, &resource); problems.HasErrors() {
		t.Fatal(problems)
	}
	source := provision.DataSource{Type: resource.Type, Name: resource.Name, UID: resource.UID, URL: resource.URL, JSONData: map[string]any{}, SecureJSONData: map[string]string{}}
	if err := json.Unmarshal([]byte(resource.JSONData), &source.JSONData); err != nil {
		t.Fatal(err)
	}
	if resource.Secure != "" {
		if err := json.Unmarshal([]byte(resource.Secure), &source.SecureJSONData); err != nil {
			t.Fatal(err)
		}
	}
	number := 0
	for name, value := range resource.Headers {
		number++
		source.JSONData[fmt.Sprintf("httpHeaderName%d", number)] = name
		source.SecureJSONData[fmt.Sprintf("httpHeaderValue%d", number)] = value
	}
	return source
}
