package traces

import (
	"bytes"
	_ "embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// page is the content of a page: a trace, or the problem why there is none.
type page struct {
	ID       string
	Problem  string
	Time     string
	Duration string
	Labels   []label
	Spans    []span
}

type label struct{ Name, Value string }

// span is a part of a trace. Begin and Width are percentages of the trace's duration.
type span struct {
	Name         string
	Duration     string
	Begin, Width float64
}

// steps are the names of the spans of a request, in the order of time.
var steps = []string{"receive the request", "wait for a worker", "run the request", "send the response"}

// newPage returns the page of an exemplar. The trace id determines the shares of the spans, so
// that they are the same whenever the page is opened.
func newPage(e exemplar) page {
	p := page{ID: e.id, Time: e.time.UTC().Format("2006-01-02 15:04:05.000 UTC"), Duration: duration(e.seconds)}
	for _, name := range slices.Sorted(maps.Keys(e.series)) {
		if name != "le" { // the bucket says less than the duration
			p.Labels = append(p.Labels, label{Name: name, Value: e.series[name]})
		}
	}
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(e.id))
	rng := rand.New(rand.NewPCG(seed.Sum64(), 0)) //nolint:gosec // G404: a simulation is repeatable
	// Running the request takes most of the time.
	shares, sum := []float64{0.03, 0.3, 1, 0.05}, 0.0
	for i := range shares {
		shares[i] *= 0.5 + rng.Float64()
		sum += shares[i]
	}
	p.Spans = append(p.Spans, span{Name: "request", Duration: duration(e.seconds), Width: 100})
	begin := 0.0
	for i, share := range shares {
		share /= sum
		p.Spans = append(p.Spans, span{Name: steps[i], Duration: duration(share * e.seconds), Begin: 100 * begin, Width: 100 * share})
		begin += share
	}
	return p
}

// duration formats a number of seconds with three significant digits, such as 1.23 s.
func duration(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
	default:
		return fmt.Sprintf("%.3g µs", float64(d)/float64(time.Microsecond))
	}
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// writePage writes a page. The page loads nothing and runs no scripts.
func writePage(w http.ResponseWriter, status int, p page) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser may be gone
}
