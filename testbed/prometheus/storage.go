package prometheus

import (
	"fmt"
	"log/slog"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"
)

// retention is longer than 60 days, because a report compares two periods of 30 days.
const retention = 90 * 24 * time.Hour

// openStorage opens the TSDB as a Prometheus server with exemplar storage does.
func openStorage(dir string, logger *slog.Logger, registry *client.Registry) (*tsdb.DB, error) {
	options := tsdb.DefaultOptions()
	options.RetentionDuration = retention.Milliseconds()
	options.EnableExemplarStorage, options.MaxExemplars = true, 10_000
	db, err := tsdb.Open(dir, logger, registry, options, nil)
	if err != nil {
		return nil, fmt.Errorf("prometheus: open %s: %w", dir, err)
	}
	return db, nil
}

// localStorage adds to the TSDB the methods that the API's status pages require.
type localStorage struct{ *tsdb.DB }

func (s localStorage) Stats(label string, limit int) (*tsdb.Stats, error) {
	return s.Head().Stats(label, limit), nil
}

// WALReplayStatus returns zero values, because the replay is complete before the API is
// served.
func (s localStorage) WALReplayStatus() (tsdb.WALReplayStatus, error) {
	return tsdb.WALReplayStatus{}, nil
}

func (s localStorage) BlockMetas() ([]tsdb.BlockMeta, error) { return s.DB.BlockMetas(), nil }
