package incident

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes a line with the name and the title of each incident, and how to simulate it.
func Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "INCIDENT\tWHAT HAPPENS") // Flush reports the error
	for _, i := range All {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", i.Name, i.Title)
	}
	_, _ = fmt.Fprintln(table, "\nStart the demo with one or more of them, for example: go tool mage demo -incident=latency,leak")
	return table.Flush()
}
