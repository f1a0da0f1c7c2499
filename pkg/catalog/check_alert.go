package catalog

import "slices"

// alert holds an alert against the metric that it watches.
func (c *checker) alert(a *Alert, report reporter) {
	for _, field := range []struct{ name, text string }{{"for", a.For}, {"window", a.Window}} {
		if field.text != "" && !isDuration(field.text) {
			report(field.name, "%s is longer than Prometheus can count.", field.text)
		}
	}
	if isZero(a.Window) {
		report("window", "A window of %s holds no samples.", a.Window)
	}
	metric := c.catalog.metrics[a.Metric]
	if metric == nil {
		if !slices.Contains(c.doc.names, a.Metric) { // otherwise what is wrong with it is told where it stands
			report("metric", "The catalog has no metric %q.%s", clip(a.Metric), didYouMean(a.Metric, c.catalog.Names()))
		}
		return
	}
	c.windowed(metric, a.Window, report)
	if _, err := metric.Matchers(a.Params); err != nil {
		report("params", "%v", err)
	}
	if _, err := metric.grouping(a.GroupBy); err != nil {
		report("group_by", "%v", err)
	}
}
