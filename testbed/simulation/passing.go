package simulation

import (
	"slices"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// PassingVec is a family of counters whose children exist for a limited time, such as the
// counters of sessions.
type PassingVec struct {
	target  *Target
	family  *family
	current []*Passing
}

// Passing is a counter that exists for a limited time.
type Passing struct {
	Scalar
	Labels labels.Labels // as Prometheus stores them, with the metric name, job and instance
	isNew  bool          // added since the last call of countPassing
}

// PassingCounter adds a family of counters whose children exist for a limited time. A step
// in which the target is Down or Gone removes all children of the family.
func (t *Target) PassingCounter(name, help string, labelNames ...string) *PassingVec {
	f := &family{name: name, labelNames: labelNames, desc: client.NewDesc(name, help, labelNames, nil)}
	v := &PassingVec{target: t, family: f}
	t.passing = append(t.passing, v)
	return v
}

// With adds a child with these label values and the value 0. The combination of values must not
// exist yet.
func (v *PassingVec) With(labelValues ...string) *Passing {
	p := &Passing{Scalar: Scalar{lvs: labelValues, valueType: client.CounterValue}, isNew: true}
	p.Labels = v.family.labelsOf(v.target, p).Set(model.MetricNameLabel, v.family.name).Labels()
	v.current = append(v.current, p)
	return p
}

// Remove removes children. It ignores those that don't exist any longer.
func (v *PassingVec) Remove(children ...*Passing) {
	v.current = slices.DeleteFunc(v.current, func(p *Passing) bool { return slices.Contains(children, p) })
}

// Passing returns the current counters of all families that PassingCounter added.
func (t *Target) Passing() []*Passing {
	var all []*Passing
	for _, f := range t.passing {
		all = append(all, f.current...)
	}
	return all
}

// countPassing returns the number of passing counters, and how many of them were added since
// the last call. It is called at the end of each step in which the target responds.
func (t *Target) countPassing() (n, added int) {
	for _, f := range t.passing {
		n += len(f.current)
		for _, p := range f.current {
			if p.isNew {
				added++
			}
			p.isNew = false
		}
	}
	return n, added
}
