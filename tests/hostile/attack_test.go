package hostile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// Limits for every attack.
const (
	maxResident = 1_500_000_000   // resident bytes of the plugin's process
	maxAfter    = time.Second     // CPU time after the last call has ended
	maxText     = 4 << 10         // bytes of an error or of a line of the log
	patience    = 5 * time.Minute // timeout of a caller, long enough for a busy machine
	settleTime  = 10 * time.Second
)

// attack is a set of calls and of server responses that could harm the plugin.
type attack struct {
	settings fields            // of the data source
	api      hostileserver.API // of its server
	calls    []call            // concurrent
	times    int               // number of times that each call is made; default 1
	sources  int               // number of data sources for the calls; default 1
	secure   bool              // use HTTP/2
	cancel   time.Duration     // time until the callers cancel; 0 means never
	statuses []int             // allowed statuses; empty for all except internal errors
	busy     bool              // other attacks run at the same time, so that status 429 is allowed too
	check    func(t *testing.T, result attackResult)
}

// attackResult is an argument of the function check of an attack.
type attackResult struct {
	outcomes []outcome
	route    *hostileserver.Route
	elapsed  time.Duration // of the attack
	log      string        // of the plugin
}

// scenario is an attack with variants: its sizes and forms depend on dice.
type scenario struct {
	name   string
	attack func(d dice) attack
}

// dice selects the sizes and forms of an attack at random. Without a random generator, it
// selects the default sizes and forms.
type dice struct{ *rand.Rand }

// size returns a random number between n/4 and 2n. Without a random generator, it returns n.
func (d dice) size(n int) int {
	if d.Rand == nil {
		return n
	}
	return n/4 + d.IntN(2*n-n/4)
}

// either returns a random form. Without a random generator, it returns the first form.
func either[T any](d dice, forms ...T) T {
	if d.Rand == nil {
		return forms[0]
	}
	return forms[d.IntN(len(forms))]
}

// target is a running plugin with a memory limit.
type target struct {
	*host.Host
	source   backend.DataSourceInstanceSettings // of the background queries
	limit    *process.Cap
	stderr   *process.Output
	profiler string // URL; empty without -profiles
}

func startTarget(tb testing.TB) *target {
	tb.Helper()
	env, profiler, err := profilerEnv()
	if err != nil {
		tb.Fatal(err)
	}
	// The timeout is long, because other work may keep the machine busy.
	source := plugintest.Source(tb, serverURL, fields{"queryTimeout": patience.String()})
	v := &target{source: source, stderr: &process.Output{}, profiler: profiler}
	asUsual(func() { v.Host, err = plugintest.StartLogged(tb, source, v.stderr, env) })
	if err != nil {
		tb.Fatal(err)
	}
	v.limit = process.Limit(v.Pid(), *memoryCap)
	tb.Cleanup(v.limit.End)
	return v
}

// usage contains the numbers of goroutines and file descriptors of a process.
type usage struct{ goroutines, descriptors int }

func (v *target) usage(ctx context.Context) (u usage, err error) {
	text, err := v.CollectMetrics(ctx)
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(text)) {
		if number, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			if u.goroutines, err = strconv.Atoi(strings.TrimSpace(number)); err != nil {
				return u, err
			}
		}
	}
	u.descriptors, err = process.Descriptors(v.Pid())
	return u, err
}

// launch makes the calls of an attack concurrently and waits until all of them have ended. The
// ids of the attack's data sources start at firstID.
func (v *target) launch(ctx context.Context, a attack, firstID int64, route *hostileserver.Route) ([]outcome, error) {
	plugins := make([]*host.Host, max(a.sources, 1))
	for i := range plugins {
		source, err := a.source(firstID+int64(i), route)
		if err != nil {
			return nil, err
		}
		plugins[i] = v.WithDataSource(source)
	}
	var cancel context.CancelFunc
	if a.cancel > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, a.cancel, errCanceled)
	} else {
		ctx, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	times := max(a.times, 1)
	all := make([]outcome, a.callCount())
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			c := a.calls[i/times]
			all[i] = c.make(ctx, plugins[i%len(plugins)])
			all[i].call = c.name
			if all[i].err != nil && a.isCanceled(ctx, all[i].err) {
				all[i].err = errCanceled
			}
		})
	}
	group.Wait()
	return all, nil
}

// callCount returns the number of concurrent calls of an attack.
func (a attack) callCount() int { return len(a.calls) * max(a.times, 1) }

// isCanceled reports whether a failed call counts as canceled by its caller. After the attack
// has canceled the context, every failure counts, whatever its code. gRPC has its own
// timers, which can end a call shortly before the context ends. Therefore the codes Canceled
// and DeadlineExceeded also count if the attack cancels its calls or runs alongside other
// attacks.
func (a attack) isCanceled(ctx context.Context, err error) bool {
	return errors.Is(context.Cause(ctx), errCanceled) || (a.cancel > 0 || a.busy) && slices.Contains([]codes.Code{codes.Canceled, codes.DeadlineExceeded}, status.Code(err))
}

func (a attack) source(id int64, route *hostileserver.Route) (backend.DataSourceInstanceSettings, error) {
	settings, url := fields{}, route.URL
	maps.Copy(settings, a.settings)
	if a.secure {
		settings["tlsSkipVerify"], url = true, route.Secure
	}
	text, err := json.Marshal(settings)
	return backend.DataSourceInstanceSettings{
		ID: id, UID: fmt.Sprintf("hostile-%d", id), Type: host.PluginID, Name: "Hostile", URL: url, JSONData: text, Updated: time.Now(),
		BasicAuthEnabled: true, BasicAuthUser: "reader", DecryptedSecureJSONData: map[string]string{"basicAuthPassword": "secret"},
	}, err
}

// violations describes the outcomes of an attack that aren't allowed.
func (a attack) violations(all []outcome) (texts []string) {
	for _, o := range all {
		switch {
		case errors.Is(o.err, errCanceled):
		case o.err != nil:
			texts = append(texts, fmt.Sprintf("%s: no response: %.300v", o.call, o.err))
		case o.status >= http.StatusInternalServerError && isInternal(o):
			texts = append(texts, fmt.Sprintf("%s: internal error: status %d, %.300s", o.call, o.status, o.text))
		case len(o.text) > maxText:
			texts = append(texts, fmt.Sprintf("%s: an error of %d bytes: %.300s…", o.call, len(o.text), o.text))
		case len(a.statuses) > 0 && !slices.Contains(a.statuses, o.status) && (!a.busy || o.status != http.StatusTooManyRequests):
			texts = append(texts, fmt.Sprintf("%s: status %d, want one of %v: %.300s", o.call, o.status, a.statuses, o.text))
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// isInternal reports whether an outcome is an internal error of the plugin: its status is 500,
// or its text contains the code INTERNAL or the errorType internal.
func isInternal(o outcome) bool {
	return o.status == http.StatusInternalServerError || strings.Contains(o.text, `"INTERNAL"`) || strings.Contains(o.text, `"internal"`)
}

// summary describes outcomes: for each status, the number of outcomes and a text of one of
// them; and the size of all responses together.
func summary(all []outcome) string {
	counts, texts := map[string]int{}, map[string]string{}
	size := 0
	for _, o := range all {
		name, text := strconv.Itoa(o.status), o.text
		switch {
		case errors.Is(o.err, errCanceled):
			name = "canceled"
		case o.err != nil:
			name, text = "none", o.err.Error()
		}
		counts[name]++
		size += o.size
		if text != "" {
			texts[name] = fmt.Sprintf(" (%s: %.150q)", o.call, text)
		}
	}
	var parts []string
	for name, n := range counts {
		parts = append(parts, fmt.Sprintf("%d× %s%s", n, name, texts[name]))
	}
	slices.Sort(parts)
	return fmt.Sprintf("%s, %s", strings.Join(parts, ", "), megabytes(int64(size)))
}
