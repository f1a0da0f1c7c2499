package catalog

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// check decodes documents into packs, adds the packs to the catalog, checks them, and then
// runs further checks on them. It reports problems to the documents. It returns a pack for
// each document, or nil for a document that can't be decoded or whose queries exceed a
// limit. user is true for user packs.
//
// If ctx ends, check returns early, and problems may be missing.
func (c *Catalog) check(ctx context.Context, docs []*packfile.Document, user bool, checks []Check) []*Pack {
	packs := make([]*Pack, len(docs))
	cost := 0
	var regexps promql.RegexpBudget
	for i, doc := range docs {
		pack := &Pack{}
		if !doc.Decode(pack) {
			continue
		}
		if cost += pack.checkCost(); cost > maxCheckCost {
			doc.Report([]any{"metrics"}, "The queries of all packs together are too long to be checked. Make them shorter.")
			continue
		}
		if i, err := pack.checkRegexps(&regexps); err != nil {
			doc.Report([]any{"metrics", i, "query"}, "%v The limit applies to the queries of all packs together.", err)
			continue
		}
		for _, metric := range pack.Metrics {
			metric.template, _ = template.Parse(metric.Query) // checker.metric reports the error
		}
		c.add(pack, doc.Source())
		packs[i] = pack
	}
	familyNames := sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(c.families)) })
	for i, doc := range docs {
		if packs[i] != nil && ctx.Err() == nil {
			check := checker{catalog: c, pack: packs[i], doc: doc, familyNames: familyNames}
			check.run(ctx)
			if user {
				check.unsupported()
			}
			for _, further := range checks {
				further(c, packs[i], doc)
			}
		}
		doc.SortProblems()
	}
	return packs
}

// checkRegexps checks the regular expressions of the pack's queries against a budget. If
// the query of a metric exceeds the budget, it returns the index of the metric and an error.
func (p *Pack) checkRegexps(budget *promql.RegexpBudget) (int, error) {
	for i, m := range p.Metrics {
		err := budget.CheckExpr(m.Query)
		if err != nil {
			return i, err
		}
	}
	return 0, nil
}

// checkCost estimates the cost of checking the pack's queries. Each query is parsed
// for several combinations of parameters. The time of a parse is quadratic in the query's
// depth, which checkCost estimates from the query's length.
func (p *Pack) checkCost() (cost int) {
	for _, m := range p.Metrics {
		cost += len(m.Query) * (1 + len(m.Query)/500) * (8 + 2*len(m.Params()))
	}
	return cost
}

// checker checks one pack against the rules that the schema can't express.
type checker struct {
	catalog *Catalog // all packs, including this one
	pack    *Pack
	doc     *packfile.Document

	familyNames func() []string // names of the families of all packs, sorted
}

func (c *checker) run(ctx context.Context) {
	c.name()
	c.labels()
	c.labelNames()
	for i := range c.pack.Families {
		c.family(&c.pack.Families[i], c.reportFunc("families", i))
	}
	for i, metric := range c.pack.Metrics {
		if ctx.Err() != nil {
			return
		}
		c.metric(metric, c.reportFunc("metrics", i))
	}
}

// name checks the pack's name: no disabled pack and no earlier pack may have the same name. A
// disabled pack counts, because it can be enabled later.
func (c *checker) name() {
	for _, other := range slices.Concat(c.catalog.disabled, c.catalog.packs) {
		if other == c.pack {
			return
		}
		if other.Name == c.pack.Name && other.Name != "" {
			c.doc.Report([]any{"pack"}, "The pack name %s is not unique. Choose another name.", other.Name)
			return
		}
	}
}

// labels checks that each label that the pack describes is a label of a family that the pack
// declares or reads. It reports nothing if invalid families or metrics are excluded from the
// pack, because one of these may use the label.
func (c *checker) labels() {
	known := slices.Clone(targetLabels)
	for i := range c.pack.Families {
		known = append(known, c.pack.Families[i].AllLabels()...)
	}
	for _, metric := range c.pack.Metrics {
		for _, family := range metric.Families() {
			known = append(known, family.AllLabels()...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.pack.Labels)) {
		if !slices.Contains(known, name) && c.doc.Complete("families") && c.doc.Complete("metrics") {
			c.doc.Report([]any{"labels", name}, "No family of this pack has the label %s.%s", fault.ClipName(name), suggest.DidYouMean(name, slices.Compact(slices.Sorted(slices.Values(known)))))
		}
	}
}

// unsupported reports keys that user packs can't have.
func (c *checker) unsupported() {
	for _, part := range []struct {
		key    string
		length int
		why    string
	}{
		{"alert_interval", len(c.pack.AlertInterval), "alert rules are generated when the plugin is built"},
		{"alerts", len(c.pack.Alerts), "alert rules are generated when the plugin is built. Create a rule in Grafana that queries the metric"},
		{"dashboards", len(c.pack.Dashboards), "dashboards are generated when the plugin is built. Create one in Grafana whose panels query the metrics"},
	} {
		if part.length > 0 {
			c.doc.Report([]any{part.key}, "User packs can't have %s: %s.", part.key, part.why)
		}
	}
}

// A reportFunc reports a problem of one field of one element.
type reportFunc func(field, format string, args ...any)

func (c *checker) reportFunc(list string, index int) reportFunc {
	return func(field, format string, args ...any) {
		c.doc.Report([]any{list, index, field}, format, args...)
	}
}
