package rest

import (
	"slices"
	"testing"
)

// TestListPacks checks that the list contains no user packs. It must contain disabled packs,
// so that an administrator can enable them.
func TestListPacks(t *testing.T) {
	o := options(t, &upstream{})
	enabled, unknown := o.Builtin.Without([]string{"lango"})
	if unknown != nil {
		t.Fatal(unknown)
	}
	o.Catalog, _ = enabled.With(t.Context(), userPack)
	got := read[packList](t, get(New(o), "/catalog/packs")).Packs
	if len(got) != len(o.Builtin.Packs()) {
		t.Fatalf("%d packs", len(got))
	}
	for i, pack := range o.Builtin.Packs() {
		if got[i].Name != pack.Name || got[i].Title != pack.Title || got[i].Owner != pack.Owner || len(got[i].Metrics) != len(pack.Metrics) {
			t.Errorf("pack %s is %+v", pack.Name, got[i])
		}
		if got[i].Disabled != (pack.Name == "lango") {
			t.Errorf("pack %s: disabled is %v", pack.Name, got[i].Disabled)
		}
	}
	tango := slices.IndexFunc(got, func(p builtinPack) bool { return p.Name == "tango" })
	if !slices.ContainsFunc(got[tango].Metrics, func(m entry) bool { return m.Name == "active_sessions" && m.Pack == "tango" }) {
		t.Error("the metric that a user pack overrides is missing")
	}
}
