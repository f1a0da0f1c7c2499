package query

import (
	"sync"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// parseLocation returns the dashboard's time zone. If the query doesn't contain it,
// parseLocation returns a time zone with the query's fixed offset from UTC.
func parseLocation(t queryJSON) (*time.Location, error) {
	switch name := string(t.Timezone); name {
	case "":
		const day = 24 * 60 * 60
		if t.UTCOffsetSec < -day || t.UTCOffsetSec > day {
			return nil, fault.New(fault.BadQuery, "The UTC offset (utcOffsetSec) is %g seconds. It must be between -86400 and 86400.", t.UTCOffsetSec)
		}
		return time.FixedZone("", int(t.UTCOffsetSec)), nil
	case "utc", "browser": // Grafana's names; the frontend replaces browser by an IANA name
		return time.UTC, nil
	default:
		location, err := locations.load(name)
		if err != nil || location == time.Local { // "Local" is the time zone of the Grafana server
			return nil, fault.New(fault.BadQuery, "The time zone %q is unknown. Use an IANA name such as Europe/Berlin.", name)
		}
		return location, nil
	}
}

// locationCache contains time zones by name.
type locationCache struct {
	mu   sync.Mutex
	zone map[string]*time.Location // at most maxLocations
}

var locations = locationCache{zone: map[string]*time.Location{}}

// load is like time.LoadLocation, which reads and parses a file, but it keeps up to
// maxLocations time zones in memory and doesn't read their files again.
func (c *locationCache) load(name string) (*time.Location, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if zone := c.zone[name]; zone != nil {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil && len(c.zone) < maxLocations {
		c.zone[name] = zone
	}
	return zone, err
}
