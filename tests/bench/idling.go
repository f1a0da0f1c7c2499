package main

import (
	"context"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// settle is the time between the handshake of a plugin and the measurement of its memory.
const settle = 300 * time.Millisecond

// measureIdle measures the start and the memory of each executable, without any query.
func measureIdle(ctx context.Context, plugins []candidate, rounds int) ([]row, error) {
	t := table{title: "Idle plugin", note: "Time from the start of the process to the handshake, and RSS shortly after."}
	t.add("plugin", "ms to ready", "MiB RSS")
	var rows []row
	for _, c := range plugins {
		if c.name != oursMulti && c.name != reference && c.name != external {
			continue
		}
		ready, size, err := c.idle(ctx, rounds)
		if err != nil {
			return nil, err
		}
		name := c.name
		if name == oursMulti {
			name = "this plugin"
			rows = append(rows, atMost("idle plugin, RSS", size, 30, " MiB"), atMost("idle plugin, ready", ready, 50, " ms"))
		}
		t.add(name, trim(ready), trim(size))
	}
	t.print()
	return rows, nil
}

// idle returns the median time until the handshake in milliseconds, and the median RSS in
// MiB.
func (c candidate) idle(ctx context.Context, rounds int) (ready, size float64, err error) {
	var times, sizes []float64
	for range rounds {
		plugin, err := c.start()
		if err != nil {
			return 0, 0, err
		}
		select {
		case <-ctx.Done():
			plugin.stop()
			return 0, 0, ctx.Err()
		case <-time.After(settle):
		}
		size, err := process.Memory(plugin.pid(), process.Current)
		plugin.stop()
		if err != nil {
			return 0, 0, err
		}
		times = append(times, float64(plugin.ready.Microseconds())/1000)
		sizes = append(sizes, size)
	}
	return median(times), median(sizes), nil
}
