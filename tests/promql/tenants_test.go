package promql

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"
)

// tenantLabel is a label that no series of the corpus has.
const tenantLabel = "tenant of the test"

// multitenant is a storage that contains every series of another storage once for each tenant,
// with the tenant in tenantLabel.
type multitenant struct {
	storage.Queryable
	tenants []string
}

func (m multitenant) Querier(mint, maxt int64) (storage.Querier, error) {
	q, err := m.Queryable.Querier(mint, maxt)
	return tenantQuerier{q, m.tenants}, err
}

type tenantQuerier struct {
	storage.Querier
	tenants []string
}

func (q tenantQuerier) Select(ctx context.Context, _ bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var others []*labels.Matcher
	tenants := slices.Clone(q.tenants)
	for _, m := range matchers {
		if m.Name != tenantLabel {
			others = append(others, m)
			continue
		}
		tenants = slices.DeleteFunc(tenants, func(tenant string) bool { return !m.Matches(tenant) })
	}
	if len(others) == 0 {
		others = []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*")}
	}
	var list []storage.Series
	var warnings annotations.Annotations
	for _, tenant := range tenants {
		set := q.Querier.Select(ctx, true, hints, others...)
		for set.Next() {
			series := set.At()
			builder := labels.NewBuilder(series.Labels())
			builder.Set(tenantLabel, tenant)
			list = append(list, tenantSeries{series, builder.Labels()})
		}
		if err := set.Err(); err != nil {
			return storage.ErrSeriesSet(err)
		}
		warnings.Merge(set.Warnings())
	}
	slices.SortFunc(list, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return &seriesList{list: list, warnings: warnings}
}

type tenantSeries struct {
	storage.Series
	labels labels.Labels
}

func (s tenantSeries) Labels() labels.Labels { return s.labels }

func (s tenantSeries) Iterator(it chunkenc.Iterator) chunkenc.Iterator { return s.Series.Iterator(it) }

// seriesList is a storage.SeriesSet with the series of a list.
type seriesList struct {
	list     []storage.Series
	next     int
	warnings annotations.Annotations
}

func (s *seriesList) Next() bool {
	s.next++
	return s.next <= len(s.list)
}

func (s *seriesList) At() storage.Series                { return s.list[s.next-1] }
func (s *seriesList) Err() error                        { return nil }
func (s *seriesList) Warnings() annotations.Annotations { return s.warnings }
