package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/cache"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// labelNames contains the names that namesOf has looked up. All data sources of the process
// share it.
var labelNames = cache.New(cache.Limits{Age: nameAge, MaxEntries: maxKeptNames, MaxBytes: maxKeptNameBytes, MaxAnswer: maxKeptNameBytes / 8})

// instances counts the data sources of the process.
var instances atomic.Uint64

// namesIn returns the names of the labels of a result. If result is nil, it returns the names of
// all labels that the result may have. Alert rules don't show legends, so their queries need no
// names.
func (d *DataSource) namesIn(ctx context.Context, r *request, result *series.Result) (all series.Names) {
	if r.metric == nil || promapi.IsAlert(ctx) {
		return nil
	}
	for _, n := range r.metric.LabelNames() {
		has := func(s series.Series) bool { return s.Labels.Get(n.Label) != "" && s.Labels.Get(n.Value) == "" }
		if result == nil || slices.ContainsFunc(result.Series, has) {
			all = append(all, d.namesOf(ctx, r, n))
		}
	}
	return all
}

// valueNames returns the names of the values of a variable.
func (d *DataSource) valueNames(ctx context.Context, r *request) series.LabelNames {
	label, names := r.Label, []catalog.LabelName(nil)
	switch r.Type {
	case query.ParamValues:
		label, names = r.Param, r.metric.LabelNames()
	case query.LabelValues:
		if r.Metric != "" {
			names = d.catalog.LabelNames(r.Metric, label)
		}
	}
	for _, n := range names {
		if n.Label == label {
			return d.namesOf(ctx, r, n)
		}
	}
	return series.LabelNames{}
}

// namesOf returns the names of a label in the time range of a request. It returns no names
// after an error, so that the values themselves are shown. Like all requests, the request for
// the names is restricted by the access rules of the caller.
func (d *DataSource) namesOf(ctx context.Context, r *request, n catalog.LabelName) series.LabelNames {
	start, end := r.From.Truncate(nameStep), r.To.Truncate(nameStep).Add(nameStep)
	key, err := d.nameKey(ctx, n, start, end)
	if err != nil {
		return series.LabelNames{}
	}
	text, _, err := labelNames.Get(ctx, d.now(), key, true, func(needed context.Context) ([]byte, error) {
		ctx, cancel := context.WithTimeout(needed, maxNameTime)
		defer cancel()
		found, err := d.client.Series(ctx, promapi.Selection{Match: []string{catalog.SelectorText(n.Family, nil)}, Start: start, End: end, Limit: maxNames})
		switch {
		case needed.Err() != nil: // all callers have canceled their queries
			return nil, needed.Err()
		case err != nil:
			return []byte("{}"), nil // kept, so that not every panel waits for a server that doesn't answer
		}
		return json.Marshal(series.NewLabelNames(n.Label, n.Value, found.Data))
	})
	var names series.LabelNames
	if err != nil || json.Unmarshal(text, &names) != nil {
		return series.LabelNames{}
	}
	return names
}

// nameKey returns a key of everything that the response to a request for names depends on: the
// data source, the caller's matchers, and the headers that identify the caller to the server.
func (d *DataSource) nameKey(ctx context.Context, n catalog.LabelName, start, end time.Time) (string, error) {
	var key strings.Builder
	caller, _ := ctx.Value(identityKey{}).(string)
	fmt.Fprintf(&key, "%d %q %q %q %d %d %s", d.instance, n.Label, n.Family, n.Value, start.Unix(), end.Unix(), caller)
	if d.guard != nil {
		matchers, err := d.guard.Matchers(ctx)
		if err != nil {
			return "", err
		}
		for _, m := range matchers {
			fmt.Fprintf(&key, " %q", m.String())
		}
	}
	return key.String(), nil
}

// identityKey is the key of a context for the hash of the forwarded headers that can identify
// the caller to the server.
type identityKey struct{}

// withIdentity returns a context for nameKey. It leaves out headers that only describe the
// query, because they differ between the panels of a dashboard.
func withIdentity(ctx context.Context, forwarded http.Header) context.Context {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(forwarded)) {
		describes := slices.Contains(descriptiveHeaders, name) || strings.HasPrefix(name, "X-Rule-") ||
			slices.ContainsFunc(descriptivePrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if !describes {
			_, _ = fmt.Fprintf(hash, "%q %q\n", name, forwarded[name])
		}
	}
	return context.WithValue(ctx, identityKey{}, hex.EncodeToString(hash.Sum(nil)))
}
