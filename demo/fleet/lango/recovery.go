package lango

import (
	"math"
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Actions of recovery decisions. See docs/contracts/lango.md#recovery-decisions.
const (
	retry         = "retry"
	retryWithHint = "retry_with_hint"
	directAnswer  = "direct_answer"
	escalate      = "escalate"
	noAction      = "none"
)

// backoffBounds are the possible waits before a retry, in seconds. See
// docs/contracts/lango.md#backoff.
var backoffBounds = []float64{1, 2, 4, 8, 16, 30}

const maxBackoff = 30 // seconds

// failureClass is a class of failures with the same cause. It determines how many requests and
// retries fail, and what recovery does.
type failureClass struct {
	cause    string
	share    float64 // of the requests
	again    float64 // share of failures among all retries but the last, without an outage
	retries  string  // action of a retry; empty without retries
	maxTries int     // retries; recovery escalates if the last one fails
	instead  string  // action if retries is empty
	outage   float64 // additional share of the requests during a provider's outage
}

// Without an outage, the failures stay far below the thresholds of the alerts, which are 20
// retries in 10 minutes and 5 rate limits in 15 minutes.
var failureClasses = []failureClass{
	{cause: "rate_limit", share: 0.0003, again: 0.2, retries: retry, maxTries: 5, outage: 0.2},
	{cause: "transient", share: 0.003, again: 0.25, retries: retry, maxTries: 3, outage: 0.15},
	{cause: "malformed_tool_call", share: 0.002, retries: retryWithHint, maxTries: 1},
	{cause: "timeout", share: 0.0015, again: 0.2, retries: retry, maxTries: 3, outage: 0.05},
	{cause: "other", share: 0.0006, instead: directAnswer},
	{cause: "other", share: 0.0006, instead: noAction},
}

// outageRetryFailures is the share of the retries that fail during an outage, for the
// classes of failures that an outage causes. It also applies to the last retry, which
// otherwise always succeeds.
const outageRetryFailures = 0.85

// recovery simulates Lango's decisions after the execution of an agent has failed.
type recovery struct {
	classes []*failureState
}

type failureState struct {
	failureClass
	first                       simulation.Flow
	attempts                    []simulation.Flow // failures of the retries, by attempt
	retried, settled, escalated *simulation.Scalar
	seconds                     *simulation.Distribution
}

func newRecovery(t *simulation.Target, rng *rand.Rand) *recovery {
	decisions := t.Counter("lango_recovery_decisions_total", "Decisions on how to continue after an agent's execution failed.", "cause_class", "action")
	seconds := t.Histogram("lango_recovery_backoff_seconds", "Back-off before a retry.", backoffBounds, "cause_class")
	r := &recovery{}
	for _, c := range failureClasses {
		s := &failureState{failureClass: c, first: simulation.NewFlow(rng), attempts: make([]simulation.Flow, c.maxTries)}
		if c.retries == "" {
			s.settled = decisions.With(c.cause, c.instead)
		} else {
			s.retried = decisions.With(c.cause, c.retries)
			s.escalated = decisions.With(c.cause, escalate)
			s.seconds = seconds.With(c.cause)
		}
		for i := range s.attempts {
			s.attempts[i] = simulation.NewFlow(rng)
		}
		r.classes = append(r.classes, s)
	}
	return r
}

// failures simulates the failures among n requests and the recovery from them. It returns the
// number of requests that end in an error, because recovery escalates or takes no action.
func (r *recovery) failures(n float64, outage bool, rng *rand.Rand) float64 {
	met, lost := 0.0, 0.0
	for _, s := range r.classes {
		share := s.share
		if outage {
			share += s.outage
		}
		failed := s.first.Events(n*share*2*rng.Float64(), n-met)
		met += failed
		lost += s.recover(failed, outage)
	}
	return lost
}

// recover simulates the recovery of failed requests and returns the number of requests
// that end in an error.
func (s *failureState) recover(failed float64, outage bool) float64 {
	if s.retries == "" {
		s.settled.Add(failed)
		if s.instead == noAction {
			return failed
		}
		return 0
	}
	for attempt := range s.maxTries {
		s.retried.Add(failed)
		s.seconds.Record(failed, min(math.Exp2(float64(attempt)), maxBackoff))
		again := s.again
		switch {
		case outage && s.outage > 0:
			again = outageRetryFailures
		case attempt == s.maxTries-1:
			again = 0
		}
		failed = s.attempts[attempt].Events(failed*again, failed)
	}
	s.escalated.Add(failed)
	return failed
}
