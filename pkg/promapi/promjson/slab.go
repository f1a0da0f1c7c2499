package promjson

// slab hands out small slices of larger blocks, so that ten labels or twenty
// buckets cost less than one allocation for them. Blocks grow with the answer, up
// to a bound: what is kept keeps its block.
type slab[T any] struct {
	free []T
	next int // length of the next block
}

const (
	firstBlock   = 32
	longestBlock = 1024
)

func (s *slab[T]) clone(of []T) []T {
	n := len(of)
	if n == 0 {
		return nil
	}
	if n > len(s.free) {
		s.next = min(max(2*s.next, firstBlock), longestBlock)
		s.free = make([]T, max(s.next, n))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	copy(out, of)
	return out
}
