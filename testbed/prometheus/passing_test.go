package prometheus

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// visitors simulates a website with a counter for each current visitor. Visitor i arrives in
// step 10*i and leaves 15 steps later. All visitors leave when the target is down.
type visitors struct {
	target *simulation.Target
	pages  *simulation.PassingVec
	step   int
	inside map[int]*simulation.Passing
}

func newVisitors(*rand.Rand, time.Time) simulation.Platform {
	t := &simulation.Target{Job: "web", Instance: "web:1"}
	t.Gauge("temperature", "Temperature.").With().Set(20)
	return &visitors{target: t, pages: t.PassingCounter("pages_total", "Pages that a visitor has read.", "visitor"), inside: map[int]*simulation.Passing{}}
}

func (v *visitors) Targets() []*simulation.Target { return []*simulation.Target{v.target} }

func (v *visitors) Step(simulation.Moment) {
	if v.target.Scrape().Condition == simulation.Down { // the process has restarted
		clear(v.inside)
	}
	for i, p := range v.inside {
		p.Add(1)
		if v.step == 10*i+15 {
			v.pages.Remove(p)
			delete(v.inside, i)
		}
	}
	if v.step%10 == 0 {
		v.inside[v.step/10] = v.pages.With(fmt.Sprint(v.step / 10))
	}
	v.step++
}

// TestPassingCounters checks that a series has samples exactly while its counter exists, even
// if a block ends or the target goes down during that time.
func TestPassingCounters(t *testing.T) {
	const history = 8 * time.Hour
	outage := &simulation.Incident{Name: "outage", Begins: history / 2, Job: "web", Condition: simulation.Down, Lasts: 2 * simulation.Interval, Every: history}
	f := simulation.New(simulation.Options{Now: noon, History: history, Platforms: []simulation.Builder{{Name: "web", Build: newVisitors}}, Incidents: []*simulation.Incident{outage}})
	dir := t.TempDir()
	if err := WriteHistory(t.Context(), dir, f, nil); err != nil {
		t.Fatal(err)
	}
	db, err := openStorage(dir, slog.New(slog.DiscardHandler), client.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	begin, seen, cut := noon.Add(-history), 0, 0
	for _, s := range queries(t, db)(`pages_total{job="web", instance="web:1"}`, begin, noon) {
		var i int
		if _, err := fmt.Sscan(s.Metric.Get("visitor"), &i); err != nil {
			t.Fatal(err)
		}
		seen++
		from := begin.Add(time.Duration(10*i) * simulation.Interval)
		for n, p := range s.Floats {
			if at := time.UnixMilli(p.T); !at.Equal(from.Add(time.Duration(n)*simulation.Interval)) || p.F != float64(n) {
				t.Fatalf("visitor %d has the value %g at %s, want %d at %s", i, p.F, at, n, from.Add(time.Duration(n)*simulation.Interval))
			}
		}
		if len(s.Floats) != 15 {
			cut++
		}
	}
	// The visitors at the end of the history and those at the beginning of an outage have short
	// series. A visitor who arrives during an outage has no series.
	if want := int(history/simulation.Interval)/10 + 1; seen < want-1-6 || cut < 2 || cut > 10 {
		t.Errorf("%d visitors, %d of them with a short series, want about %d", seen, cut, want)
	}
	for _, name := range []string{
		`scrape_samples_scraped{job="web"} != 1 + (count by (job, instance) (pages_total) or 0 * up) and up == 1`,
		`pages_total and on (job) up == 0`,
	} {
		if exceptions := queries(t, db)(name, begin, noon); len(exceptions) > 0 {
			t.Errorf("%s: %.500s", name, exceptions)
		}
	}
}

func TestExporterExposesPassingCounters(t *testing.T) {
	f := simulation.New(simulation.Options{History: 10 * time.Minute, Platforms: []simulation.Builder{{Name: "web", Build: newVisitors}}})
	exporters, err := f.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exporters.Close() })
	address, _ := exporters.Address(f.Targets()[0])
	response, err := http.Get("http://" + address + simulation.MetricsPath) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if n := strings.Count(string(body), "\npages_total{visitor="); err != nil || n < 1 || n > 2 {
		t.Errorf("%d visitors, %v:\n%s", n, err, body)
	}
}
