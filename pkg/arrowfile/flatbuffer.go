package arrowfile

import "encoding/binary"

// order is the byte order of flatbuffers, and of Arrow's cells on all supported platforms.
var order = binary.LittleEndian

// builder writes flatbuffers, the encoding of Arrow's metadata, from front to back. Every
// offset in a flatbuffer leads forward, except for those that lead from a table to its vtable.
// builder therefore writes a table before the values that it refers to. See
// https://flatbuffers.dev/internals/.
type builder struct {
	b      []byte
	shared [len(sharedTexts)][]int // for each of sharedTexts: positions of offsets to it
	tables vtables
}

// sharedTexts are the texts that a flatbuffer contains at most once.
var sharedTexts = [...]string{"name", "refId", "meta", "tstype", "labels", "config", "time", "number", "string", "Time", "Value"}

// vtables are the positions of vtables.
type vtables struct{ schema, field, pair, number, text int }

// begin discards everything that was written.
func (b *builder) begin() {
	b.b = b.b[:0]
	for i := range b.shared {
		b.shared[i] = b.shared[i][:0]
	}
}

func (b *builder) put16(n int) { b.b = order.AppendUint16(b.b, uint16(n)) } //nolint:gosec // G115: sizes of tables
func (b *builder) put32(n int) { b.b = order.AppendUint32(b.b, uint32(n)) } //nolint:gosec // G115: offsets in a flatbuffer, which is smaller than 2 GiB
func (b *builder) put64(n int) { b.b = order.AppendUint64(b.b, uint64(n)) } //nolint:gosec // G115: sizes

// align adds zeros until the size is a multiple of n, minus before.
func (b *builder) align(n, before int) {
	b.b = append(b.b, zeros[:-(len(b.b)+before)&(n-1)]...)
}

// vtable writes a vtable. size is the size of the table, and fields are the positions of its
// fields, which are 0 for a field that the table doesn't have.
func (b *builder) vtable(size int, fields ...int) (at int) {
	at = len(b.b)
	b.put16(4 + 2*len(fields))
	b.put16(size)
	for _, f := range fields {
		b.put16(f)
	}
	return at
}

// refer sets the offset at a position so that it leads to the end of the flatbuffer.
func (b *builder) refer(from int) {
	order.PutUint32(b.b[from:], uint32(len(b.b)-from)) //nolint:gosec // G115: see put32
}

// table begins a table that the offset at a position refers to.
func (b *builder) table(from, vtable int) (at int) {
	b.align(4, 0)
	at = len(b.b)
	b.refer(from)
	b.put32(at - vtable)
	return at
}

// vector begins a vector that the offset at a position refers to.
func (b *builder) vector(from, length int) {
	b.align(4, 0)
	b.refer(from)
	b.put32(length)
}

// text writes a text that the offset at a position refers to.
func (b *builder) text(from int, text []byte) {
	b.vector(from, len(text))
	b.b = append(append(b.b, text...), 0)
}

// share makes the offset at a position refer to a text, of which the flatbuffer contains only
// one copy if it is one of sharedTexts.
func (b *builder) share(from int, text string) {
	for i, shared := range sharedTexts {
		if text == shared {
			b.shared[i] = append(b.shared[i], from)
			return
		}
	}
	b.vector(from, len(text))
	b.b = append(append(b.b, text...), 0)
}

// end writes the shared texts, and returns the flatbuffer, which is valid until begin.
func (b *builder) end() []byte {
	for i, positions := range b.shared {
		if len(positions) == 0 {
			continue
		}
		b.align(4, 0)
		for _, from := range positions {
			b.refer(from)
		}
		b.put32(len(sharedTexts[i]))
		b.b = append(append(b.b, sharedTexts[i]...), 0)
	}
	return b.b
}
