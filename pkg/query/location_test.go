package query

import (
	"fmt"
	"testing"
	"time"
)

// TestLocationsAreLoadedOnce checks that a second load of a time zone returns the same value,
// that errors aren't kept, and that the number of time zones is bounded.
func TestLocationsAreLoadedOnce(t *testing.T) {
	c := locationCache{zone: map[string]*time.Location{}}
	for _, name := range []string{"Europe/Berlin", "UTC"} {
		first, err := c.load(name)
		if err != nil || first.String() != name {
			t.Fatalf("%s: %v, %v", name, first, err)
		}
		if again, err := c.load(name); again != first || err != nil {
			t.Errorf("%s is loaded twice: %v", name, err)
		}
	}
	if _, err := c.load("Europe/Nowhere"); err == nil || len(c.zone) != 2 {
		t.Errorf("%d time zones are kept, error %v", len(c.zone), err)
	}
	for i := range maxLocations {
		c.zone[fmt.Sprint(i)] = time.UTC
	}
	if zone, err := c.load("Asia/Tokyo"); err != nil || zone.String() != "Asia/Tokyo" || c.zone["Asia/Tokyo"] != nil {
		t.Errorf("above the bound: %v, %v", zone, err)
	}
}
