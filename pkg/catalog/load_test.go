package catalog

import (
	"errors"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

func TestLoadCountsFurtherProblems(t *testing.T) {
	got := problemsOf(t, "pack: many\ntitle: Many\nmetrics:\n"+strings.Repeat("  - {}\n", 30))
	if len(got) != packfile.MaxProblems+1 || got[packfile.MaxProblems].Text != "There are 50 more problems." {
		t.Errorf("%d problems, the last %q", len(got), got[len(got)-1].Text)
	}
}

// problem contains the fields of a packfile.Problem that the tests compare.
type problem struct {
	Pack, Element, Field string
	Line                 int
	Text                 string
}

func summaries(problems packfile.Problems) (all []problem) {
	for _, p := range problems {
		all = append(all, problem{p.Pack, p.Metric, p.Field, p.Line, p.Text})
	}
	return all
}

// problemsOf loads texts and returns their problems.
func problemsOf(t *testing.T, texts ...string) packfile.Problems {
	t.Helper()
	var sources []packfile.Source
	for _, text := range texts {
		sources = append(sources, packfile.Source{Name: "test", Text: []byte(text)})
	}
	_, err := Load(sources)
	var problems packfile.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("got %T: %v", err, err)
	}
	return problems
}
