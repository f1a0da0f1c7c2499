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

// Incidents are the rules' states in the fleets that were asked, one fleet after
// the other.
type Incidents struct {
	rules []string            // in the order in which they came
	met   map[string][]string // by rule, the incidents that met it
	asked map[string]int      // by rule, in how many fleets
}

// Add takes the verdicts of one fleet, which goes by the name of its incident. That
// of the quiet fleet is empty.
func (i *Incidents) Add(incident string, verdicts []Verdict) {
	incident = cmp.Or(incident, "no incident")
	if i.met == nil {
		i.met, i.asked = map[string][]string{}, map[string]int{}
	}
	for _, v := range verdicts {
		if v.Kind != KindRule {
			continue
		}
		if !slices.Contains(i.rules, v.Name) {
			i.rules = append(i.rules, v.Name)
		}
		i.asked[v.Name]++
		if v.State == string(alerting.Alerting) {
			i.met[v.Name] = append(i.met[v.Name], incident)
		}
	}
}

// Print writes a line for each rule: in which fleets its condition was met, and in
// how many it wasn't.
func (i *Incidents) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ALERT\tMET IN\tNOT MET IN (FLEETS)") // Flush reports the error
	for _, rule := range i.rules {
		met := cmp.Or(strings.Join(i.met[rule], ", "), "none")
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\n", rule, met, i.asked[rule]-len(i.met[rule]))
	}
	return table.Flush()
}
