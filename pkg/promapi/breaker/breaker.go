// Package breaker makes requests fail immediately while a server can't be reached. Otherwise the
// variables of a dashboard, which depend on each other, would wait for all retries one after
// another. Package promapi has a breaker for each server.
package breaker

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Wait is how long requests fail immediately after the server couldn't be reached. It is shorter
// than the shortest interval at which Grafana refreshes dashboards.
const Wait = 3 * time.Second

// Breaker is a circuit breaker for requests with the result T. It opens when a request has failed
// without a connection. After the wait, the next request is sent once. Meanwhile other requests
// fail. If the server accepts the connection, the breaker closes, whatever the response is.
// It is safe for concurrent use.
type Breaker[T any] struct {
	wait    time.Duration
	circuit atomic.Pointer[gobreaker.CircuitBreaker[T]]
	last    atomic.Pointer[fault.Error] // the reason why it opened
}

// New returns a closed breaker.
func New[T any](wait time.Duration) *Breaker[T] {
	b := &Breaker[T]{wait: wait}
	b.close()
	return b
}

// close replaces the circuit by a closed one.
func (b *Breaker[T]) close() {
	b.circuit.Store(gobreaker.NewCircuitBreaker[T](gobreaker.Settings{
		Timeout:      b.wait,
		ReadyToTrip:  func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures > 0 },
		IsSuccessful: func(err error) bool { return !isUnconnected(err) },
		IsExcluded:   isNotOfServer,
	}))
}

// Do calls send, or returns a copy of the last error if the breaker is open. The copy has the same
// text, so that Grafana shows it once. If once is true, send must not retry the request.
func (b *Breaker[T]) Do(send func(once bool) (T, error)) (T, error) {
	circuit := b.circuit.Load()
	result, err := circuit.Execute(func() (T, error) {
		result, err := send(circuit.State() == gobreaker.StateHalfOpen)
		if isUnconnected(err) {
			reason := *fault.As(err) // the caller may change the error
			b.last.Store(&reason)
		}
		return result, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		again := *b.last.Load()
		return result, &again
	}
	return result, err
}

// Always calls send in any state of the breaker, and closes the breaker if the server has accepted
// the connection.
func (b *Breaker[T]) Always(send func(once bool) (T, error)) (T, error) {
	result, err := send(false)
	if !isUnconnected(err) && !isNotOfServer(err) && b.State() != gobreaker.StateClosed {
		b.close()
	}
	return result, err
}

// State returns the state of the breaker.
func (b *Breaker[T]) State() gobreaker.State { return b.circuit.Load().State() }

// isNotOfServer reports whether an error says nothing about the server, because the caller has left
// or a limit of the plugin was reached.
func isNotOfServer(err error) bool {
	f, isFault := errors.AsType[*fault.Error](err)
	return errors.Is(err, context.Canceled) || isFault && (f.Kind == fault.Canceled || f.Kind == fault.Overloaded)
}

// isUnconnected reports whether there was no connection to the server, such as because the
// connection was refused or the host name doesn't resolve.
func isUnconnected(err error) bool {
	dial, ok := errors.AsType[*net.OpError](err)
	return ok && dial.Op == "dial"
}
