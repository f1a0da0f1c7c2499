package audit

// ring is a queue of events in a ring buffer.
type ring struct {
	slots []Event
	first int // slot of the oldest event
	n     int // number of events
}

// at returns the event with the index i. The oldest event has the index 0.
func (r *ring) at(i int) *Event { return &r.slots[(r.first+i)%len(r.slots)] }

// push adds an event. If the slice is full, push enlarges it to at most MaxEvents slots. If
// the ring already contains MaxEvents events, the caller must call pop first.
func (r *ring) push(e Event) {
	if r.n == len(r.slots) {
		const initial = 16
		r.resize(max(initial, min(2*r.n, MaxEvents)))
	}
	r.n++
	*r.at(r.n - 1) = e
}

// pop removes the oldest event and returns it. The ring must not be empty.
func (r *ring) pop() Event {
	oldest := r.at(0)
	e := *oldest
	*oldest = Event{}
	r.first = (r.first + 1) % len(r.slots)
	r.n--
	return e
}

// resize changes the number of slots. The new number must be at least the number of events.
func (r *ring) resize(slots int) {
	resized := make([]Event, slots)
	for i := range r.n {
		resized[i] = *r.at(i)
	}
	r.slots, r.first = resized, 0
}
