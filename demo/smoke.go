package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/smoke"
)

// smokeOnce starts a fleet, evaluates all variables, annotations, panels and rules, and
// prints a table of the results.
func smokeOnce(ctx context.Context, o options) (verdicts []smoke.Verdict, err error) {
	out := newProgress()
	s, err := startStack(ctx, o, out)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	plugin, err := s.startHost(ctx, o)
	if err != nil {
		return nil, err
	}
	out.printLine("Evaluating %d dashboard(s) and %d rule group(s)\n", len(s.set.Dashboards), len(s.set.Groups))
	run := smoke.Options{Plugin: plugin, Set: s.set, Now: time.Now()}
	incidents, err := incident.Find(o.incident)
	if err != nil {
		return nil, err
	}
	run.Quiet = len(incidents) == 0
	for _, i := range incidents {
		run.Raises = append(run.Raises, i.Raises...)
		run.Blanks = append(run.Blanks, i.Blanks...)
		run.Culprits = append(run.Culprits, i.Culprits...)
	}
	if verdicts, err = smoke.Run(ctx, run); err != nil {
		return nil, err
	}
	if err := smoke.Print(os.Stdout, verdicts); err != nil {
		return nil, err
	}
	if smoke.Failed(verdicts) > 0 {
		s.keepLog = true
		fmt.Fprintln(os.Stderr, "The plugin's log is", s.logFile)
		return verdicts, errFailed
	}
	return verdicts, nil
}

// smokeIncidents runs smokeOnce without incidents and then with each incident. At the end, it
// prints the failed runs and, for each rule, the incidents in which its condition was met.
func smokeIncidents(ctx context.Context, o options) error {
	var (
		table  smoke.Incidents
		failed []string
	)
	for _, incident := range append([]simulation.Incident{{Title: "no incident"}}, incident.All...) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Printf("\n== -incident=%s: %s\n", incident.Name, incident.Title)
		o.incident = incident.Name
		verdicts, err := smokeOnce(ctx, o)
		if errors.Is(err, errFailed) {
			failed = append(failed, fmt.Sprintf("-incident=%s", incident.Name))
		} else if err != nil {
			return err
		}
		table.Add(incident.Name, verdicts)
	}
	fmt.Println()
	if err := table.Print(os.Stdout); err != nil {
		return err
	}
	if len(failed) > 0 {
		fmt.Println("\nFailed:", failed)
		return errFailed
	}
	return nil
}
