package confine

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Excluded returns the values of the matchers with the operators != and !~. The caller may not
// read the data with these values, so messages of the server must not show the values to the
// caller either.
func Excluded(matchers []*labels.Matcher) []string {
	var values []string
	for _, m := range matchers {
		if m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
			values = append(values, m.Value)
		}
	}
	return values
}

// Families returns those families in the map all that have series of the caller, each with one
// description. names is the sorted list of the names of the caller's series. If a family in
// the map known has several descriptions in the map all, Families returns the description in
// known. For any other family, it returns the type and the unit on which the descriptions in
// the map all agree, with the help text in known, if there is one.
//
// The result has no help text from the map all. Even the only help text of a family can be
// that of another tenant, because the caller's series may have no description.
func Families(all map[string][]promjson.Metadata, known map[string]promjson.Metadata, names []string) map[string][]promjson.Metadata {
	selected := map[string][]promjson.Metadata{}
	for family, descriptions := range all {
		if !slices.ContainsFunc(descriptions, func(d promjson.Metadata) bool { return IsSelected(family, d, names) }) {
			continue
		}
		description, is := known[family]
		if !is || len(descriptions) == 1 {
			help := description.Help
			description = common(descriptions)
			description.Help = help
		}
		selected[family] = []promjson.Metadata{description}
	}
	return selected
}

// IsSelected reports whether a family has series of the caller. names is the sorted list of
// the names of these series. The type in the description d determines the suffixes that the
// family's name has in the names of its series, such as _bucket.
func IsSelected(family string, d promjson.Metadata, names []string) bool {
	has := func(suffix string) bool {
		_, found := slices.BinarySearch(names, family+suffix)
		return found
	}
	switch {
	case has(""):
		return true
	case d.Type == "histogram" || d.Type == "gaugehistogram":
		return has("_bucket")
	case d.Type == "summary":
		return has("_count") && has("_sum")
	case d.Type == "counter":
		return has("_total")
	default:
		return d.Type == "info" && has("_info")
	}
}

// common returns the first of several descriptions. If the descriptions differ in type, it
// replaces the type by unknown. If they differ in unit, it removes the unit.
func common(descriptions []promjson.Metadata) promjson.Metadata {
	all := descriptions[0]
	for _, d := range descriptions[1:] {
		if d.Type != all.Type {
			all.Type = "unknown"
		}
		if d.Unit != all.Unit {
			all.Unit = ""
		}
	}
	return all
}
