package smoke

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Failed returns the number of verdicts that didn't pass.
func Failed(verdicts []Verdict) int {
	failed := 0
	for _, v := range verdicts {
		if !v.Passed() {
			failed++
		}
	}
	return failed
}

// Print writes the table, each failure with its reason, and the totals.
func Print(w io.Writer, verdicts []Verdict) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KIND\tWHERE\tNAME\tSERIES\tLAST VALUE\tMS\tSTATE") // Flush reports the error
	for _, v := range verdicts {
		state := v.State
		if !v.Passed() {
			state += " ✗"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%d\t%s\n", v.Kind, v.Where, v.Name, v.Series, v.Last, v.Took.Milliseconds(), state)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var below strings.Builder
	for _, v := range verdicts {
		if !v.Passed() {
			fmt.Fprintf(&below, "FAILED %s %q (%s): %s\n", v.Kind, v.Name, v.Where, v.Reason)
		}
	}
	failed := Failed(verdicts)
	fmt.Fprintf(&below, "%d passed, %d failed\n", len(verdicts)-failed, failed)
	_, err := io.WriteString(w, "\n"+below.String())
	return err
}
