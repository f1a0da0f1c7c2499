package report

import (
	"slices"
	"testing"
)

// TestDefaultRequestOmitsReservedSections: a request fails only if it names a reserved
// section, or if all sections are reserved.
func TestDefaultRequestOmitsReservedSections(t *testing.T) {
	configured := func(metrics []string, s Settings, role string) (*Request, error) {
		r, err := Parse([]string{"ep"}, Params{Metrics: metrics}, testNow, 0)
		if err != nil {
			t.Fatal(err)
		}
		return r, r.Configure(s, role)
	}
	s := Settings{Roles: map[Section]string{Costs: "Admin", Errors: "Editor"}}
	r, err := configured(nil, s, "Viewer")
	if want := []Section{Usage, Resources}; err != nil || !slices.Equal(r.sections, want) || len(r.notes) != 3 || r.notes[0].Reason != "The section errors is reserved for the role Editor." {
		t.Errorf("got %v, %v, %v, want %v", r.sections, r.notes, err, want)
	}
	if r, err = configured(nil, s, "Admin"); err != nil || !slices.Equal(r.sections, sections) || len(r.notes) > 0 {
		t.Errorf("got %v, %v, %v", r.sections, r.notes, err)
	}
	if _, err = configured([]string{"usage", "costs"}, s, "Viewer"); err == nil {
		t.Error("a request that names costs is allowed")
	}
	all := Settings{Roles: map[Section]string{}}
	for _, section := range sections {
		all.Roles[section] = "Admin"
	}
	if _, err = configured(nil, all, "Viewer"); err == nil {
		t.Error("a request is allowed if all sections are reserved")
	}
	// A user who may see only costs still gets the comprehensive answer. Only a request with
	// metrics=costs gets the cost answer, which has another format (docs/report.md).
	delete(all.Roles, Costs)
	if r, err = configured(nil, all, "Viewer"); err != nil || r.cost || !slices.Equal(r.sections, []Section{Costs}) {
		t.Errorf("got %v, %v", r.sections, err)
	}
	if !slices.Equal(sections, []Section{Performance, Usage, Costs, Resources, Errors}) {
		t.Errorf("Configure has changed the list of sections: %v", sections)
	}
}

// TestValuesOfReservedSectionsAreAbsent: the summary and the cold starts contain values that
// belong to other sections. The values are absent if these sections are reserved.
func TestValuesOfReservedSectionsAreAbsent(t *testing.T) {
	c := computationOf(t, Params{Metrics: []string{"performance"}}, busy())
	if s, cold := c.summary(), c.coldStarts(); s.TotalCost == nil || s.TotalExecutions == nil || cold.Impact.CostIncrease == nil || cold.Optimization.EstimatedImprovement.CostReduction == nil {
		t.Fatal("the values are absent without a reservation")
	}
	if err := c.Configure(Settings{Roles: map[Section]string{Costs: "Admin", Usage: "Admin"}}, "Viewer"); err != nil {
		t.Fatal(err)
	}
	c.notes = nil
	s, cold := c.summary(), c.coldStarts()
	if s.TotalCost != nil || s.TotalExecutions != nil || s.TotalComputeTime != nil || cold.Impact.CostIncrease != nil || cold.Optimization.EstimatedImprovement.CostReduction != nil {
		t.Errorf("got %+v, %+v", s, cold)
	}
	if s.SuccessRate == nil || s.AverageLatency == nil || cold.Count == nil {
		t.Errorf("values of other sections are absent: %+v, %+v", s, cold)
	}
	for _, note := range c.notes {
		if note.Field == "summary.totalCost" && note.Reason == "The section costs is reserved for the role Admin." {
			return
		}
	}
	t.Errorf("no note about the costs in %v", c.notes)
}
