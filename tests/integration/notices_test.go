package integration

import (
	"strings"
	"testing"
)

// TestKnownCountersAreNotDoubted: TANGO's counters don't end in _total, which
// Prometheus remarks on with every rate. The catalog knows them, so the remark is
// left to queries that don't go through it.
func TestKnownCountersAreNotDoubted(t *testing.T) {
	for _, c := range []struct {
		query   string
		doubted bool
	}{
		{`{"refId":"A","expr":"rate(total_invocations[5m])","instant":true}`, true},
		{`{"refId":"A","metric":"invocation_failure_rate_window","instant":true}`, false},
		{`{"refId":"A","metric":"invocation_failure_rate_window","range":true}`, false},
	} {
		response := askOne(t, plugin, c.query)
		if response.Error != nil || len(response.Frames[0].Fields) == 0 {
			t.Fatalf("%s: %v", c.query, response.Error)
		}
		doubted := false
		for _, notice := range response.Frames[0].Meta.Notices {
			doubted = doubted || strings.Contains(notice.Text, "might not be a counter")
		}
		if doubted != c.doubted {
			t.Errorf("%s: doubted %t, notices %v", c.query, doubted, response.Frames[0].Meta.Notices)
		}
	}
}
