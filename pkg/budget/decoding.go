package budget

import (
	"context"
	"runtime"
)

// decodingTurns returns the maximum number of long responses that are decoded concurrently.
// If there are several CPUs, one remains for short responses and other work.
func decodingTurns() int {
	const others = 1
	return max(1, runtime.GOMAXPROCS(0)-others)
}

// Decoding acquires turns for one response. A turn is the permission to decode a part of the
// response. Decoding counts the bytes of the response, because only a long response needs
// turns. The methods are not safe for concurrent use. A nil *Decoding never waits.
type Decoding struct {
	source *Source
	read   int64 // number of decompressed bytes
	active bool  // whether the response has a turn
}

// Decoding returns a Decoding for one response. It returns nil for a nil *Answers.
func (a *Answers) Decoding() *Decoding {
	if a == nil {
		return nil
	}
	return &Decoding{source: a.source}
}

// Count counts n decompressed bytes of the response.
func (d *Decoding) Count(n int64) {
	if d != nil {
		d.read += n
	}
}

// Begin waits for a turn if more than maxUndivided bytes have been counted and the response
// has no turn. If ctx ends first, Begin returns the error of ctx. The caller must call End
// before it reads from the connection or sends data to its own caller, because either can take
// any time.
func (d *Decoding) Begin(ctx context.Context) error {
	if d == nil || d.active || d.read <= maxUndivided {
		return nil
	}
	if err := d.source.process.decoding.acquire(ctx, d.source); err != nil {
		return err
	}
	d.active = true
	return nil
}

// End ends the turn, if there is one.
func (d *Decoding) End() {
	if d != nil && d.active {
		d.active = false
		d.source.process.decoding.release(d.source)
	}
}
