package budget

import "context"

// Decoding is the part of one response in the turns of decoding long responses. Its
// methods are not safe for concurrent use. A nil *Decoding has no turns.
type Decoding struct {
	source *Source
	read   int64
	active bool
}

// Decoding returns the turns for one response. A nil *Answers has none.
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

// Begin waits for a turn if the response is long and has none. The caller calls End before
// it reads from the connection or sends to its caller, which can take any time.
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
