package corpus

import (
	"sync/atomic"
	"testing"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/teststorage"
)

// currentStorage is the storage that the HTTP API serves: the last one that the runner of
// the corpus has opened.
type currentStorage struct {
	storage.Storage // nil; only the methods below are called
	current         atomic.Pointer[teststorage.TestStorage]
}

func (s *currentStorage) Querier(from, to int64) (storage.Querier, error) {
	return s.current.Load().Querier(from, to)
}

func (s *currentStorage) ChunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	return s.current.Load().ChunkQuerier(from, to)
}

// open creates a storage with the options of Prometheus's runner and makes it the current
// one.
func (s *currentStorage) open(tb testing.TB) storage.Storage {
	tb.Helper()
	opened := teststorage.New(tb, func(o *tsdb.Options) {
		o.EnableSTStorage = true
		o.FloatChunkEncoding = chunkenc.EncXOR2
		o.EnableHistogramSTEncoding = true
	})
	s.current.Store(opened)
	return opened
}
