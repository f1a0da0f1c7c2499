package smoke

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
)

// Incidents collects the states of the rules from several runs with different incidents.
type Incidents struct {
	rules []string            // in the order of their first verdicts
	met   map[string][]string // by rule: the incidents during which its condition was met
	runs  map[string]int      // by rule: the number of runs
}

// Add adds the verdicts of a run. The parameter incident is the name of the incident during
// the run, or empty for a run without incidents.
func (i *Incidents) Add(incident string, verdicts []Verdict) {
	incident = cmp.Or(incident, "no incident")
	if i.met == nil {
		i.met, i.runs = map[string][]string{}, map[string]int{}
	}
	for _, v := range verdicts {
		if v.Kind != KindRule {
			continue
		}
		if !slices.Contains(i.rules, v.Name) {
			i.rules = append(i.rules, v.Name)
		}
		i.runs[v.Name]++
		if v.State == string(alerting.Alerting) {
			i.met[v.Name] = append(i.met[v.Name], incident)
		}
	}
}

// Print writes a line for each rule: the runs in which its condition was met, and
// the number of runs in which it wasn't.
func (i *Incidents) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ALERT\tMET IN\tNOT MET IN (RUNS)") // Flush reports the error
	for _, rule := range i.rules {
		met := cmp.Or(strings.Join(i.met[rule], ", "), "none")
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\n", rule, met, i.runs[rule]-len(i.met[rule]))
	}
	return table.Flush()
}
