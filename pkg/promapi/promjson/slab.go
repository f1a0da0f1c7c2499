package promjson

// slab allocates small slices from larger blocks, so that the labels of a series or the
// buckets of a histogram rarely need an allocation of their own. Blocks grow with the
// answer, but only to maxBlockLen elements, unless a single slice is longer. A block stays in
// memory as long as any of its slices.
type slab[T any] struct {
	free []T
	next int // length of the next block
}

const (
	minBlockLen = 32
	maxBlockLen = 1024
)

// clone returns a copy of s, or nil if s is empty.
func (b *slab[T]) clone(s []T) []T {
	n := len(s)
	if n == 0 {
		return nil
	}
	if n > len(b.free) {
		b.next = min(max(2*b.next, minBlockLen), maxBlockLen)
		b.free = make([]T, max(b.next, n))
	}
	out := b.free[:n:n]
	b.free = b.free[n:]
	copy(out, s)
	return out
}
