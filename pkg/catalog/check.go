package catalog

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// check decodes documents into packs, makes those part of the catalog, and finds
// what is wrong with them. own says that they are a user's, as against packs that
// are to be shipped. Problems are kept with the documents.
//
// It ends early when ctx does; the problems then aren't all there are.
func (c *Catalog) check(ctx context.Context, docs []*document, own bool) {
	s, err := packSchema()
	work := maxWork
	var regexps promql.RegexpBudget
	for _, doc := range docs {
		if err != nil {
			doc.report(nil, "The schema of packs can't be read: %v.", err)
			continue
		}
		if doc.decode(s); doc.pack == nil {
			continue
		}
		if work -= doc.pack.work(); work < 0 {
			doc.report([]any{"metrics"}, "The queries are too many and too long to be checked together. Make them shorter.")
			doc.pack = nil
			continue
		}
		if i, err := doc.pack.spend(&regexps); err != nil {
			doc.report([]any{"metrics", i, "query"}, "%v The queries of all packs count together.", err)
			doc.pack = nil
			continue
		}
		for _, metric := range doc.pack.Metrics {
			metric.template, _ = parseTemplate(metric.Query) // its error is told where the metric is checked
		}
		c.adopt(doc.pack, doc.place)
	}
	familyNames := sync.OnceValue(func() []string { return sortedKeys(c.families) })
	for _, doc := range docs {
		if doc.pack != nil && ctx.Err() == nil {
			check := checker{catalog: c, own: own, pack: doc.pack, doc: doc, familyNames: familyNames}
			check.run(ctx)
		}
		slices.SortStableFunc(doc.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	}
}

// spend spends a budget on the regular expressions of the pack's queries. With an
// error it returns the index of the metric that exceeds it.
func (p *Pack) spend(budget *promql.RegexpBudget) (int, error) {
	for i, m := range p.Metrics {
		err := budget.CheckExpr(m.Query)
		if err != nil {
			return i, err
		}
	}
	return 0, nil
}

// maxWork bounds what checking one text costs, in the unit of Pack.work: half a
// second for a text that somebody wrote to be slow, and several times what all
// shipped packs come to.
const maxWork = 3_000_000

// work is what checking the pack's queries costs. Each is parsed for every
// combination of parameters that is tried, and a parser's time grows with the
// square of a query's depth.
func (p *Pack) work() (cost int) {
	for _, m := range p.Metrics {
		cost += len(m.Query) * (1 + len(m.Query)/500) * (8 + 2*len(m.Params()))
	}
	return cost
}

// checker finds what is wrong with one pack beyond what the schema says.
type checker struct {
	catalog *Catalog // every pack, this one too
	own     bool     // a user's, as against one that is to be shipped
	pack    *Pack
	doc     *document

	familyNames func() []string // of every pack, sorted
}

func (c *checker) run(ctx context.Context) {
	c.identity()
	c.labels()
	for i := range c.pack.Families {
		c.family(&c.pack.Families[i], c.reporter("families", i))
	}
	for i, metric := range c.pack.Metrics {
		if ctx.Err() != nil {
			return
		}
		c.metric(metric, c.reporter("metrics", i))
	}
	if c.own {
		c.onlyShipped("alert_interval", len(c.pack.AlertInterval), "alert rules are made when the plugin is built")
		c.onlyShipped("alerts", len(c.pack.Alerts), "alert rules are made when the plugin is built. Make a rule in Grafana that asks for the metric")
		c.onlyShipped("dashboards", len(c.pack.Dashboards), "dashboards are made when the plugin is built. Make one in Grafana, whose panels ask for the metrics")
		return
	}
	c.alertInterval()
	for i := range c.pack.Alerts {
		c.alert(&c.pack.Alerts[i], c.reporter("alerts", i))
	}
	// What refers to metrics that couldn't be read would be told as wrong itself.
	if c.doc.sound("metrics") && c.doc.sound("dashboards") && c.doc.sound("alerts") {
		checkDashboards(c.catalog, c.pack, c.doc)
	}
}

// identity looks for another pack of the same name, which may be turned off now
// and on later.
func (c *checker) identity() {
	for _, other := range slices.Concat(c.catalog.off, c.catalog.packs) {
		if other == c.pack {
			return
		}
		if other.Name == c.pack.Name && other.Name != "" {
			c.doc.report([]any{"pack"}, "There is another pack %s: give this one a name of its own.", other.Name)
			return
		}
	}
}

// labels looks for explanations of labels that nothing has.
func (c *checker) labels() {
	known := slices.Clone(targetLabels)
	for i := range c.pack.Families {
		known = append(known, c.pack.Families[i].labels()...)
	}
	for _, metric := range c.pack.Metrics {
		for _, family := range metric.Families() {
			known = append(known, family.labels()...)
		}
	}
	for _, name := range sortedKeys(c.pack.Labels) {
		if !slices.Contains(known, name) && c.doc.sound("families") && c.doc.sound("metrics") {
			c.doc.report([]any{"labels", name}, "No family of this pack has a label %s.%s", clip(name), didYouMean(name, slices.Compact(slices.Sorted(slices.Values(known)))))
		}
	}
}

// onlyShipped says why a user's own pack can't have what is under a key.
func (c *checker) onlyShipped(key string, length int, why string) {
	if length > 0 {
		c.doc.report([]any{key}, "A data source's own packs can't have %s: %s.", key, why)
	}
}

// A reporter keeps a problem with one field of one element.
type reporter func(field, format string, args ...any)

func (c *checker) reporter(list string, index int) reporter {
	return func(field, format string, args ...any) {
		c.doc.report([]any{list, index, field}, format, args...)
	}
}

// isDuration reports whether a text is a duration of Prometheus's that isn't
// larger than it can be.
func isDuration(text string) bool {
	_, err := model.ParseDuration(text)
	return err == nil
}

func isZero(duration string) bool {
	d, err := model.ParseDuration(duration)
	return err == nil && d == 0
}
