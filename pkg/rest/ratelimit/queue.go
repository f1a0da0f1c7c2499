package ratelimit

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"

// Queue is a semaphore that a request holds while it waits or runs. The capacity of the Queue
// is the maximum number of such requests.
type Queue chan struct{}

// Enter returns a function that leaves the queue, or a fault.Overloaded if the queue is full.
// The parameter noun, such as "checks of packs", names the requests in the text of this error.
func (q Queue) Enter(noun string) (leave func(), err error) {
	select {
	case q <- struct{}{}:
		return func() { <-q }, nil
	default:
		return nil, fault.New(fault.Overloaded, "%d %s are running or waiting. Try again in a few seconds.", cap(q), noun)
	}
}
