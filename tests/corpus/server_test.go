package corpus

import (
	"sync/atomic"
	"testing"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/teststorage"
)

// swapped is the storage that is served: the newest one that the corpus opened.
type swapped struct {
	storage.Storage // nil; what the API asks for goes to the storage of now
	now             atomic.Pointer[teststorage.TestStorage]
}

func (s *swapped) Querier(from, to int64) (storage.Querier, error) {
	return s.now.Load().Querier(from, to)
}

func (s *swapped) ChunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	return s.now.Load().ChunkQuerier(from, to)
}

// open makes a storage as upstream's own run of the corpus does, and serves it.
func (s *swapped) open(tb testing.TB) storage.Storage {
	tb.Helper()
	opened := teststorage.New(tb, func(o *tsdb.Options) {
		o.EnableSTStorage = true
		o.FloatChunkEncoding = chunkenc.EncXOR2
		o.EnableHistogramSTEncoding = true
	})
	s.now.Store(opened)
	return opened
}
