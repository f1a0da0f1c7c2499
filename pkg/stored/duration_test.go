package stored

import "testing"

// TestDurationsThatOverflowAreRefused: read as they are, 585 years would be half a
// year.
func TestDurationsThatOverflowAreRefused(t *testing.T) {
	for _, text := range []Text{"585y", "293y", "99999y", "100000w", "4000M", "200000d", "99999999999999999999d", "1e30", "9999999h"} {
		if d, err := Duration(text); err == nil {
			t.Errorf("%s is %s", text, d)
		}
	}
	for _, text := range []Text{"290y", "3480M", "15080w", "105850d"} {
		if d, err := Duration(text); err != nil || d <= 0 {
			t.Errorf("%s is %s, %v", text, d, err)
		}
	}
}
