package access

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
)

// worlds are data sources with the same rules: one with the series of all tenants, and one for
// each tenant with only the tenant's series. The key "", if any, is one without series.
type worlds struct {
	all   *world
	alone map[string]*world
}

// caller is a user with the tenant whose series the user may read.
type caller struct {
	user   *backend.User
	tenant string
	every  int // the user sends every n-th input
}

func newWorlds(t *testing.T) worlds {
	t.Helper()
	start := time.Now().Truncate(time.Minute)
	return worlds{
		all: newTenantWorld(t, start, true, "acme", "globex"),
		alone: map[string]*world{
			"acme": newTenantWorld(t, start, false, "acme"), "globex": newTenantWorld(t, start, false, "globex"), "": newTenantWorld(t, start, false),
		},
	}
}

// callers are the users whom the rules restrict. The alert engine and a denied user send a
// sample of the inputs.
var callers = []caller{{alice, "acme", 1}, {gina, "globex", 1}, {scheduler, "acme", 7}, {eve, "", 7}}

// TestTenantsAreIsolated sends the inputs of each caller on every path. The response must be
// the same as if there were no other tenant.
func TestTenantsAreIsolated(t *testing.T) {
	w := newWorlds(t)
	hostile := inputs(t)
	if len(hostile) < 200 {
		t.Fatalf("%d inputs", len(hostile))
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		t.Run(name, func(t *testing.T) { w.checkPath(t, name, callers, root, hostile) })
	}
}

// checkPath sends inputs on the path with the given name. The responses to the callers must be
// the same as if there were no other tenant. Unless the path is static, the other tenants must
// change a response to the unrestricted user. If they change none, the inputs prove nothing.
func (w worlds) checkPath(t *testing.T, name string, callers []caller, unrestricted *backend.User, inputs []string) {
	t.Helper()
	p := paths[name]
	if p.isFixed {
		inputs = inputs[:1]
	}
	requests, differing := 0, slices.Contains(static, name)
	for i, input := range inputs {
		for _, c := range callers {
			if i%c.every != 0 {
				continue
			}
			requests++
			shared, alone := w.respond(t, p, c.user, c.tenant, input, true)
			if shared != alone {
				t.Fatalf("%s, input %q: another tenant changes the response from\n%s\nto\n%s", c.user.Login, input, clip(alone), clip(shared))
			}
		}
		if !differing {
			shared, alone := w.respond(t, p, unrestricted, callers[0].tenant, input, false)
			differing = shared != alone
		}
	}
	if !differing {
		t.Error("the tenants make no difference to an unrestricted user either, so the inputs prove nothing")
	}
	t.Logf("%d requests", requests)
}

// static are the paths whose responses don't depend on the server, so that the series of another
// tenant make no difference.
var static = []string{
	"metrics API: list", "metrics API: description", "catalog", "catalog: search", "catalog: packs", "catalog: schema", "catalog: report", "catalog: check", "catalog: preview", "variable: catalog",
	"access", "access: schema", "access: check", "access: explain", "Prometheus: build",
	"Prometheus: rules", "Prometheus: alerts", // see TestRulesAreRefused
}

// TestRulesAreRefused: a caller whose rule has matchers can't read the rules and alerts of the
// server, because no parameter restricts them to a tenant.
func TestRulesAreRefused(t *testing.T) {
	w := newWorlds(t)
	for _, name := range []string{"Prometheus: rules", "Prometheus: alerts"} {
		for _, c := range callers {
			response := paths[name].request(t.Context(), w.all, c.user, "")
			if !strings.HasPrefix(response, "403 ") || !strings.Contains(response, `"errorType":"forbidden"`) {
				t.Errorf("%s as %s: %s", name, c.user.Login, response)
			}
		}
	}
}

// respond returns the responses of the data source with all tenants and of the one with a
// single tenant. If the parameter equal is true and the responses differ, respond repeats the
// requests up to twice, because the time of a request can change the response.
func (w worlds) respond(t *testing.T, p path, user *backend.User, tenant, input string, equal bool) (shared, alone string) {
	t.Helper()
	for range 3 {
		var both sync.WaitGroup
		both.Go(func() { shared = p.request(t.Context(), w.all, user, input) })
		alone = p.request(t.Context(), w.alone[tenant], user, input)
		both.Wait()
		if shared, alone = sorted(shared), sorted(alone); shared == alone || !equal {
			break
		}
	}
	return shared, alone
}

// sorted returns the words of a response in alphabetical order. The order of Prometheus's
// warnings, and of the samples that some functions return, is random.
func sorted(response string) string {
	words := strings.FieldsFunc(response, func(r rune) bool { return strings.ContainsRune(",[]·\n", r) })
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}

func clip(text string) string { return text[:min(len(text), 3000)] }

// TestCallersReadTheirTenant checks whose series each user can read.
func TestCallersReadTheirTenant(t *testing.T) {
	w := newWorlds(t).all
	for _, test := range []struct {
		user         *backend.User
		want, refuse []string
	}{
		{alice, []string{"acme"}, []string{"globex"}},
		{gina, []string{"globex"}, []string{"acme"}},
		{scheduler, []string{"acme"}, []string{"globex"}},
		{root, []string{"acme", "globex"}, nil},
		{eve, []string{"access_denied"}, []string{"acme", "globex"}},
	} {
		for name, response := range map[string]string{
			"panel":        paths["panel"].request(t.Context(), w, test.user, "both"),
			"chunked":      paths["chunked panel"].request(t.Context(), w, test.user, "both"),
			"label values": paths["label values"].request(t.Context(), w, test.user, "tenant"),
			"series":       paths["series"].request(t.Context(), w, test.user, "both"),
			"exemplars":    paths["exemplars"].request(t.Context(), w, test.user, "rate(inference_requests_total[5m])"),
			"metadata":     paths["metadata"].request(t.Context(), w, test.user, "") + paths["series"].request(t.Context(), w, test.user, `{__name__=~".*_secret_total"}`),
		} {
			for _, text := range test.want {
				if !strings.Contains(response, text) {
					t.Errorf("%s, %s: no %s in %s", test.user.Login, name, text, clip(response))
				}
			}
			for _, text := range test.refuse {
				if strings.Contains(response, text) {
					t.Errorf("%s, %s: %s in %s", test.user.Login, name, text, clip(response))
				}
			}
		}
	}
}

// TestEveryPathIsInTheTable fails for a new query type or route that is neither in paths nor
// in exempt.
func TestEveryPathIsInTheTable(t *testing.T) {
	covered := map[string]bool{}
	for _, p := range paths {
		covered[p.covers] = true
	}
	for name, p := range paths {
		if !slices.Contains(query.Types(), query.Type(p.covers)) && !slices.Contains(rest.Routes(), p.covers) {
			t.Errorf("the path %s is of %s, which is neither a query type nor a route", name, p.covers)
		}
	}
	for _, kind := range query.Types() {
		if !covered[string(kind)] && exempt[string(kind)] == "" {
			t.Errorf("the query type %s is in no path", kind)
		}
	}
	for _, route := range rest.Routes() {
		if !covered[route] && exempt[route] == "" {
			t.Errorf("the route %s is in no path", route)
		}
	}
}
