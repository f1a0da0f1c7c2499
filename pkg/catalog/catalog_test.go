package catalog

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestBuiltin(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Names()) == 0 {
		t.Fatal("no metrics")
	}
}

func TestRenderBuiltinMetric(t *testing.T) {
	m := builtinMetric(t, "invocation_failure_rate")
	got, err := m.Render(Params{"model_code": {Values: []string{"customer-churn-predictor"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `sum(total_invocations{status="ERROR",model_code="customer-churn-predictor"}) / sum(total_invocations{model_code="customer-churn-predictor"}) * 100`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnknownMetricSuggestsNames(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Metric("invocation_failure_rates")
	f := fault.As(err)
	if f.Kind != fault.BadQuery || !strings.Contains(f.Text, "Did you mean invocation_failure_rate") {
		t.Errorf("got %v", err)
	}
}

func builtinMetric(t *testing.T, name string) *Metric {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metric(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
