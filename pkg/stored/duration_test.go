package stored

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// TestDuration reads a table that the tests of the frontend use too.
func TestDuration(t *testing.T) {
	body, err := os.ReadFile("../../tests/testdata/durations.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Durations []struct {
			Text    Text
			Seconds *float64
		}
	}
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Durations) == 0 {
		t.Fatal("the table is empty")
	}
	for _, row := range table.Durations {
		d, err := Duration(row.Text)
		if (err == nil) != (row.Seconds != nil) || err == nil && d != time.Duration(*row.Seconds*float64(time.Second)) {
			t.Errorf("%q is %s, %v", row.Text, d, err)
		}
	}
}

// TestDurationRejectsOverflow: without the check, 585 years would overflow to half a year.
func TestDurationRejectsOverflow(t *testing.T) {
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
