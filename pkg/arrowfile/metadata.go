package arrowfile

// Values of enumerations in Arrow's metadata: format/Schema.fbs, format/Message.fbs and
// format/File.fbs in the repository apache/arrow-format.
const (
	version5    = 4
	nanosecond  = 3
	double      = 2
	schemaKind  = 1 // of a message
	batchKind   = 3 // of a message
	floatType   = 3
	textType    = 5
	timeType    = 10
	messageSize = 20 // of the table of a message
)

// message begins a flatbuffer with the table of a message, and returns the position of the
// offset to the message's header.
func (b *builder) message(kind, body int) (header int) {
	b.begin()
	b.put32(0)
	vtable := b.vtable(messageSize, 16, 18, 4, 8)
	b.align(8, 0)
	at := b.table(0, vtable)
	b.put32(0)
	b.put64(body)
	b.put16(version5)
	b.b = append(b.b, byte(kind), 0) //nolint:gosec // G115: an enumeration
	return at + 4
}

// schemaMessage returns the metadata of the message that contains the schema.
func (b *builder) schemaMessage(f *Frame) []byte {
	header := b.message(schemaKind, 0)
	b.schema(header, f, false)
	return b.end()
}

// batchMessage returns the metadata of the message that contains the cells, and the size of
// the message's body.
func (b *builder) batchMessage(f *Frame) (metadata []byte, body int) {
	for i := range f.Columns {
		c := &f.Columns[i]
		for _, n := range [...]int{len(c.Valid), len(c.Ends), len(c.Cells)} {
			body += n + padding(n)
		}
	}
	header := b.message(batchKind, body)
	vtable := b.vtable(20, 8, 4, 16)
	b.align(8, 0)
	at := b.table(header, vtable)
	b.put32(0)
	b.put64(f.Rows)
	b.put32(0)

	b.align(8, 4)
	b.vector(at+4, len(f.Columns))
	buffers := 0
	for i := range f.Columns {
		b.put64(f.Rows)
		b.put64(f.Columns[i].Nulls)
		if buffers += 2; f.Columns[i].Type == Text {
			buffers++
		}
	}

	b.align(8, 4)
	b.vector(at+16, buffers)
	offset := 0
	for i := range f.Columns {
		c := &f.Columns[i]
		b.buffer(&offset, len(c.Valid))
		if c.Type == Text {
			b.buffer(&offset, len(c.Ends))
		}
		b.buffer(&offset, len(c.Cells))
	}
	return b.end(), body
}

// buffer writes the location of the next buffer in the body of a message.
func (b *builder) buffer(offset *int, size int) {
	b.put64(*offset)
	b.put64(size)
	*offset += size + padding(size)
}

// file returns the end of a file, after the cells: the end of the messages, the footer and its
// size.
func (b *builder) file(f *Frame, batch block) []byte {
	b.begin()
	b.b = append(b.b, endOfInput...)
	b.footer(f, batch)
	b.put32(len(b.end()) - len(endOfInput))
	b.b = append(b.b, magic...)
	return b.b
}

// footer writes the footer of a file.
func (b *builder) footer(f *Frame, batch block) {
	root := len(b.b)
	b.put32(0)
	vtable := b.vtable(16, 12, 4, 0, 8)
	at := b.table(root, vtable)
	b.put32(0)
	b.put32(0)
	b.put16(version5)
	b.put16(0)

	b.align(8, 4)
	b.vector(at+8, min(f.Rows, 1))
	if f.Rows > 0 {
		b.put64(batch.offset)
		b.put32(batch.meta)
		b.put32(0)
		b.put64(batch.body)
	}
	b.schema(at+4, f, true)
}

// schema writes the schema of a frame, with or without its metadata. The offset at a position
// refers to it.
func (b *builder) schema(from int, f *Frame, withMetadata bool) {
	b.tables.number = b.vtable(8, 4)
	b.tables.text = b.vtable(4)
	if withMetadata {
		b.tables.schema = b.vtable(12, 0, 4, 8)
		b.tables.field = b.vtable(24, 4, 20, 21, 8, 0, 12, 16)
		b.tables.pair = b.vtable(12, 4, 8)
	} else {
		b.tables.schema = b.vtable(8, 0, 4)
		b.tables.field = b.vtable(20, 4, 16, 17, 8, 0, 12)
	}
	at := b.table(from, b.tables.schema)
	b.put32(0)
	if withMetadata {
		b.put32(0)
	}
	b.vector(at+4, len(f.Columns))
	fields := len(b.b)
	for range f.Columns {
		b.put32(0)
	}
	for i := range f.Columns {
		b.field(fields+4*i, &f.Columns[i], withMetadata)
	}
	if withMetadata {
		pairs := b.pairs(at+8, 2, len(f.Meta) > 0, false)
		value := b.pair(&pairs, "name")
		b.share(value, f.Name)
		value = b.pair(&pairs, "refId")
		b.share(value, f.RefID)
		if len(f.Meta) > 0 {
			b.text(b.pair(&pairs, "meta"), f.Meta)
		}
	}
}

// field writes the schema of a column.
func (b *builder) field(from int, c *Column, withMetadata bool) {
	at := b.table(from, b.tables.field)
	b.put32(0)
	b.put32(0)
	b.put32(0)
	if withMetadata {
		b.put32(0)
	}
	nullable := byte(0)
	if c.Nullable {
		nullable = 1
	}
	typescript := ""
	switch c.Type {
	case Time:
		b.b = append(b.b, nullable, timeType, 0, 0)
		b.table(at+8, b.tables.number)
		b.put32(nanosecond)
		typescript = "time"
	case Float:
		b.b = append(b.b, nullable, floatType, 0, 0)
		b.table(at+8, b.tables.number)
		b.put32(double)
		typescript = "number"
	case Text:
		b.b = append(b.b, nullable, textType, 0, 0)
		b.table(at+8, b.tables.text)
		typescript = "string"
	}
	b.vector(at+12, 0) // children
	b.share(at+4, c.Name)
	if !withMetadata {
		return
	}
	pairs := b.pairs(at+16, 1, c.Labels != nil, c.Config != nil)
	b.share(b.pair(&pairs, "tstype"), typescript)
	if c.Labels != nil {
		b.text(b.pair(&pairs, "labels"), c.Labels)
	}
	if c.Config != nil {
		b.text(b.pair(&pairs, "config"), c.Config)
	}
}

// pairs begins a vector of n pairs, and of one more for each of the arguments that is true. It
// returns the position of the first pair's offset.
func (b *builder) pairs(from, n int, more ...bool) int {
	for _, m := range more {
		if m {
			n++
		}
	}
	b.vector(from, n)
	at := len(b.b)
	for range n {
		b.put32(0)
	}
	return at
}

// pair writes the next pair of a vector, and returns the position of the offset to its value.
func (b *builder) pair(pairs *int, key string) (value int) {
	at := b.table(*pairs, b.tables.pair)
	*pairs += 4
	b.put32(0)
	b.put32(0)
	b.share(at+4, key)
	return at + 8
}
