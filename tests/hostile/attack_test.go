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

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// What no attack may pass, at the default limits.
const (
	maxResident = 1_500_000_000   // bytes of the plugin's process
	maxAfter    = time.Second     // of processor time, once the last caller has left
	maxText     = 4 << 10         // bytes of an error
	patience    = 5 * time.Minute // that a caller has for an answer, on a busy machine
	settling    = 10 * time.Second
)

// attack is an attempt to exhaust the plugin.
type attack struct {
	settings fields            // of the data source
	api      hostileserver.API // of its server
	calls    []call            // are made at the same time
	times    int               // each of them; 0 is once
	sources  int               // how many data sources the calls are divided among; 0 is one
	secure   bool              // the server is asked over HTTP/2
	leave    time.Duration     // when the callers leave; 0 is never
	statuses []int             // that the calls may end with; empty for any
	check    func(t *testing.T, seen seen)
}

// seen is what happened in an attack.
type seen struct {
	outcomes []outcome
	route    *hostileserver.Route
	log      string // of the plugin
}

// line is an attack whose sizes and forms the dice choose.
type line struct {
	name string
	with func(d dice) attack
}

// dice without a source choose the sizes and forms of the attack.
type dice struct{ *rand.Rand }

// size is n, or a number between a quarter and twice of it.
func (d dice) size(n int) int {
	if d.Rand == nil {
		return n
	}
	return n/4 + d.IntN(2*n-n/4)
}

// either is the first of several forms, or any of them.
func either[T any](d dice, forms ...T) T {
	if d.Rand == nil {
		return forms[0]
	}
	return forms[d.IntN(len(forms))]
}

// victim is a running plugin under a limit of memory.
type victim struct {
	*host.Host
	limit  *process.Cap
	stderr *process.Output
}

func startVictim(tb testing.TB) *victim {
	tb.Helper()
	v := &victim{stderr: &process.Output{}}
	// Right answers, rather than answers in time: other work may keep the machine busy.
	v.Host = plugintest.StartLogged(tb, plugintest.Source(tb, server.URL(), fields{"queryTimeout": patience.String()}), v.stderr)
	v.limit = process.Limit(v.Pid(), maxResident)
	tb.Cleanup(v.limit.End)
	return v
}

// usage is what a process uses besides memory and time.
type usage struct{ goroutines, descriptors int }

func (v *victim) usage(ctx context.Context) (u usage, err error) {
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

// launch makes an attack's calls and waits for their ends. The ids of its data sources
// begin at firstID.
func (v *victim) launch(ctx context.Context, a attack, firstID int64, route *hostileserver.Route) ([]outcome, error) {
	plugins := make([]*host.Host, max(a.sources, 1))
	for i := range plugins {
		source, err := a.source(firstID+int64(i), route)
		if err != nil {
			return nil, err
		}
		plugins[i] = v.WithDataSource(source)
	}
	var cancel context.CancelFunc
	if a.leave > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, a.leave, errLeft)
	} else {
		ctx, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	times := max(a.times, 1)
	all := make([]outcome, len(a.calls)*times)
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			c := a.calls[i/times]
			all[i] = c.make(ctx, plugins[i%len(plugins)])
			all[i].call = c.name
			if all[i].err != nil && errors.Is(context.Cause(ctx), errLeft) {
				all[i].err = errLeft
			}
		})
	}
	group.Wait()
	return all, nil
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

// wrongs are what a caller must not get from the plugin, whatever it sends.
func (a attack) wrongs(all []outcome) (texts []string) {
	for _, o := range all {
		switch {
		case errors.Is(o.err, errLeft):
		case o.err != nil:
			texts = append(texts, fmt.Sprintf("%s: no answer: %.300v", o.call, o.err))
		case o.status >= http.StatusInternalServerError && isInternal(o):
			texts = append(texts, fmt.Sprintf("%s: a failure of the plugin: status %d, %.300s", o.call, o.status, o.text))
		case len(o.text) > maxText:
			texts = append(texts, fmt.Sprintf("%s: an error of %d bytes: %.300s…", o.call, len(o.text), o.text))
		case len(a.statuses) > 0 && !slices.Contains(a.statuses, o.status):
			texts = append(texts, fmt.Sprintf("%s: status %d, want one of %v: %.300s", o.call, o.status, a.statuses, o.text))
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// isInternal reports whether an outcome is a failure of the plugin itself, which a
// query gives as status 500, and a route as the code INTERNAL.
func isInternal(o outcome) bool {
	return o.status == http.StatusInternalServerError || strings.Contains(o.text, `"INTERNAL"`) || strings.Contains(o.text, `"internal"`)
}

// summary counts the outcomes by their status, each with what one of them says.
func summary(all []outcome) string {
	counts, texts := map[string]int{}, map[string]string{}
	size := 0
	for _, o := range all {
		name, text := strconv.Itoa(o.status), o.text
		switch {
		case errors.Is(o.err, errLeft):
			name = "left"
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
