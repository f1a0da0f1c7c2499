package catalog

import (
	"slices"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// selectors checks each selector of a metric's query against the family that it reads, and
// checks that each parameter has a selector. It returns false if it reports a problem. It also
// returns false if a family is unknown and invalid families were excluded from the pack,
// because the unknown family may be one of these.
func (c *checker) selectors(m *Metric, selectors []template.Selector, report reportFunc) (valid bool) {
	valid = true
	fail := func(field, format string, args ...any) {
		valid = false
		report(field, format, args...)
	}
	used := map[string]bool{}
	for _, s := range selectors {
		for _, name := range s.ListedParams() {
			if !slices.Contains(m.Params(), name) {
				fail("query", "__PARAMS(…)__ lists %q, which is not a parameter.%s", fault.ClipName(name), suggest.DidYouMean(name, m.Params()))
			}
		}
		for _, name := range m.Params() {
			used[name] = used[name] || s.Takes(name)
		}
		family := c.catalog.FamilyOf(c.pack, s.Name())
		switch {
		case s.Name() == template.GroupMarker:
			fail("query", "__BY__ can't replace the name of a metric.")
		case s.Node.BypassEmptyMatcherCheck && !s.HasPlaceholder(): // info()'s second argument, which selects labels
		case s.Name() == "":
			fail("query", "A selector has no metric name, so it would read all series. Add a name.")
		case family == nil && c.doc.Complete("families"):
			fail("query", "No pack declares a family %s.%s", fault.ClipName(s.Name()), suggest.DidYouMean(s.Name(), c.familyNames()))
		case family == nil:
			valid = false
		default:
			c.selector(m, s, family, fail)
		}
	}
	for _, name := range m.Params() {
		if !used[name] {
			fail(paramField(m, name), "No selector uses %s. Add __PARAMS__ or __PARAMS(%[1]s)__ to one.", fault.ClipName(name))
		}
	}
	return valid
}

// selector checks that a family has the labels of a selector's matchers and of the parameters
// that the selector takes. It also checks that the selector doesn't itself set the label of
// such a parameter to one value.
func (c *checker) selector(m *Metric, s template.Selector, family *Family, fail reportFunc) {
	for _, matcher := range s.Node.LabelMatchers {
		switch {
		case matcher.Name == model.MetricNameLabel, matcher.Name == template.MatchersMarker:
		case matcher.Name == template.GroupMarker:
			fail("query", "__BY__ can't replace the label of a matcher.")
		case !family.HasLabel(matcher.Name):
			fail("query", "%s has no label %s.%s", family.Name, fault.ClipName(matcher.Name), suggest.DidYouMean(matcher.Name, family.AllLabels()))
		}
	}
	for _, name := range m.Params() {
		switch {
		case !s.Takes(name):
		case !family.HasLabel(name):
			fail("query", "%s has no label %s, so the parameter %[2]s can't filter it. Write __PARAMS(…)__, and list only the parameters that are labels of %[1]s.", family.Name, fault.ClipName(name))
		case s.Fixes(name):
			fail("query", "The selector of %s already sets %s to one value. Write __PARAMS(…)__ without %s there.", family.Name, name, name)
		}
	}
}

// paramField returns the field that lists a parameter.
func paramField(m *Metric, param string) string {
	if slices.Contains(m.RequiredParams, param) {
		return "required_params"
	}
	return "optional_params"
}
