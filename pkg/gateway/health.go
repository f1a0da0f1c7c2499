package gateway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// MemoryThreshold is the limit of the built-in health check of memory, in bytes:
// docs/contracts/lango.md#memory-threshold.
const MemoryThreshold = 512 << 20

// memoryComponent is the component of the built-in health check of memory.
const memoryComponent = "memory"

// Status is the result of a health check.
type Status string

// The statuses.
const (
	Healthy   Status = "healthy"
	Degraded  Status = "degraded"
	Unhealthy Status = "unhealthy"
	Unknown   Status = "unknown" // nothing has been checked
)

// severity orders the statuses. A group has the status of its member with the worst status.
var severity = map[Status]int{Healthy: 1, Degraded: 2, Unhealthy: 3}

// Health is the answer of GET health/detailed.
type Health struct {
	Head
	Status     Status      `json:"status"` // of the worst component
	Components []Component `json:"components"`
}

// Component contains the health checks of a component in all processes.
type Component struct {
	Name   string  `json:"name"`
	Status Status  `json:"status"` // of the worst check
	Checks []Check `json:"checks"` // the worst first, at most maxProcesses
}

// Check is the last health check of a component in a process.
type Check struct {
	Job      string       `json:"job"`
	Instance string       `json:"instance"`
	Status   Status       `json:"status"`
	Message  string       `json:"message"`
	Details  CheckDetails `json:"details"`
}

// CheckDetails are the values from which a status is determined.
type CheckDetails struct {
	Value          *float64 `json:"value,omitempty"`       // exported result: 1 healthy, 0.5 degraded, 0 unhealthy
	MemoryBytes    *int64   `json:"memoryBytes,omitempty"` // only of the component memory
	ThresholdBytes int64    `json:"thresholdBytes,omitempty"`
}

// Health returns the last health check of each component in each process. For the component
// memory, it also compares the memory of each process with MemoryThreshold. This comparison
// doesn't require that Lango exports a health check of the component.
func (r *Request) Health(ctx context.Context) (*Health, error) {
	t, err := r.current(ctx, []field{
		{componentUp, fmt.Sprintf("min by (component, %s) (%s)", process, componentUp)},
		ofProcess(memory),
		processes,
	})
	if err != nil {
		return nil, err
	}
	h := &Health{Status: Unknown, Components: []Component{}}
	for name, checks := range t.checks() {
		slices.SortFunc(checks, func(a, b Check) int {
			return cmp.Or(cmp.Compare(severity[b.Status], severity[a.Status]), strings.Compare(a.Job+"\xff"+a.Instance, b.Job+"\xff"+b.Instance))
		})
		c := Component{name, checks[0].Status, checks[:min(maxProcesses, len(checks))]}
		h.Components = append(h.Components, c)
		if severity[c.Status] > severity[h.Status] {
			h.Status = c.Status
		}
	}
	slices.SortFunc(h.Components, func(a, b Component) int { return strings.Compare(a.Name, b.Name) })
	if len(t[componentUp]) == 0 {
		r.noteMissing("components", componentUp)
	}
	if len(t[memory]) == 0 {
		r.noteMissing("components.memory", memory)
	}
	h.Head = r.head()
	return h, nil
}

// checks returns the checks of a table by component.
func (t table) checks() map[string][]Check {
	checks := map[string][]Check{}
	for _, s := range t[componentUp] {
		name := s.Labels.Get("component")
		c := Check{Job: s.Labels.Get("job"), Instance: s.Labels.Get("instance"), Status: statusOf(s.Values[0]), Details: CheckDetails{Value: rounded(s.Values[0])}}
		c.Message = fmt.Sprintf("The last health check returned %g.", s.Values[0])
		checks[name] = append(checks[name], c)
	}
	for _, s := range t[memory] {
		job, instance := s.Labels.Get("job"), s.Labels.Get("instance")
		i := slices.IndexFunc(checks[memoryComponent], func(c Check) bool { return c.Job == job && c.Instance == instance })
		if i < 0 {
			i = len(checks[memoryComponent])
			checks[memoryComponent] = append(checks[memoryComponent], Check{Job: job, Instance: instance, Status: Healthy})
		}
		checks[memoryComponent][i].addMemory(whole(s.Values[0]))
	}
	return checks
}

// addMemory adds the memory of the process to a check of the component memory. The check is
// unhealthy if the memory exceeds MemoryThreshold.
func (c *Check) addMemory(bytes int64) {
	c.Details.MemoryBytes, c.Details.ThresholdBytes = &bytes, MemoryThreshold
	c.Message = fmt.Sprintf("The process has allocated %.1f MiB. The threshold is %d MiB.", float64(bytes)/(1<<20), MemoryThreshold>>20)
	if bytes > MemoryThreshold {
		c.Status = Unhealthy
	}
}

// statusOf returns the status of a value of the family lango_health_component_up. NaN is
// unhealthy.
func statusOf(v float64) Status {
	switch {
	case v >= 1:
		return Healthy
	case v > 0:
		return Degraded
	}
	return Unhealthy
}
