package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestBuiltinPacksAreDocumented(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range c.Packs() {
		if pack.Owner == "" {
			t.Errorf("pack %s has no owner", pack.Name)
		}
		for i := range pack.Families {
			for _, label := range pack.Families[i].Labels {
				if pack.Labels[label] == "" {
					t.Errorf("pack %s doesn't describe the label %s of %s", pack.Name, label, pack.Families[i].Name)
				}
			}
		}
		for _, metric := range pack.Metrics {
			for _, param := range metric.Params() {
				if metric.Meaning(param) == "" {
					t.Errorf("pack %s doesn't describe the parameter %s of %s", pack.Name, param, metric.Name)
				}
			}
			if len(metric.Tags) == 0 {
				t.Errorf("%s has no tags", metric.Name)
			}
			if metric.Query == "vector(1)" {
				continue // checks whether Prometheus answers, and reads no samples
			}
			if families := metric.Families(); len(families) == 0 || slices.Contains(families, nil) {
				t.Errorf("%s reads %v", metric.Name, families)
			}
		}
	}
}

func TestPositions(t *testing.T) {
	sources, err := BuiltinSources()
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for _, source := range sources {
		lines[source.Name] = strings.Split(string(source.Text), "\n")
	}
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range c.Names() {
		m, err := c.Metric(name)
		if err != nil {
			t.Fatal(err)
		}
		source, line := m.Position()
		if text := lines[source]; line < 1 || line > len(text) || !strings.Contains(text[line-1], "name: "+name) {
			t.Errorf("%s is not at %s, line %d", name, source, line)
		}
		if preview, err := m.Preview(); err != nil || preview == "" {
			t.Errorf("%s has no preview: %v", name, err)
		}
	}
}

// TestFailureRateOfAWindowIsFirst: the documented failure rate divides by all invocations
// since start, so it hides incidents. It is suggested only after the rate of a window, unless
// a search is its complete name.
func TestFailureRateOfAWindowIsFirst(t *testing.T) {
	const window, documented = "invocation_failure_rate_window", "invocation_failure_rate"
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metric(documented)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(m.Title, "since start") {
		t.Errorf("the title is %q", m.Title)
	}
	for text, want := range map[string]string{
		"": window, "failure rate": window, "invocation failure": window, "failed invocations": window, "tango errors": window, "invocation_failure": window, documented: documented,
	} {
		page, _, _ := c.Search(Search{Text: text, Limit: 1000})
		index := func(name string) int { return slices.IndexFunc(page, func(m *Metric) bool { return m.Name == name }) }
		at, other := index(window), index(documented)
		if at < 0 || other < 0 || (at < other) != (want == window) {
			t.Errorf("search %q: %s is result %d, and %s is result %d", text, window, at, documented, other)
		}
	}
}
