package confine

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Excluded returns the values that matchers exclude. A caller who may not read them may not
// see them in the messages of the server either.
func Excluded(matchers []*labels.Matcher) []string {
	var values []string
	for _, m := range matchers {
		if m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
			values = append(values, m.Value)
		}
	}
	return values
}

// Families returns the families of which a sorted list contains the names of series. It omits
// the help texts of the server: a text can be that of another tenant even if it is the only one,
// because the caller's series may have no description. Known families have their own texts.
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

// IsSelected reports whether a sorted list contains the names of series of a family.
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

// common returns the type and the unit that descriptions have in common.
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
