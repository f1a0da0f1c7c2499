package ratelimit

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"

// Queue is a semaphore of running and waiting requests. Its capacity is their maximum number.
type Queue chan struct{}

// Enter returns a fault.Overloaded if the queue is full. noun names the requests in its text.
// Otherwise Enter returns the function that leaves the queue.
func (q Queue) Enter(noun string) (leave func(), err error) {
	select {
	case q <- struct{}{}:
		return func() { <-q }, nil
	default:
		return nil, fault.New(fault.Overloaded, "%d %s are running or waiting. Try again in a few seconds.", cap(q), noun)
	}
}
