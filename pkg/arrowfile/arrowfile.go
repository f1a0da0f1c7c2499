// Package arrowfile writes data frames as files in Arrow's IPC format. A file decodes to the
// same frame as a file of the SDK's data.Frame.MarshalArrow, but it isn't copied into one
// buffer: it is a list of pieces, and the cells of a column of numbers are a piece without a
// copy. Package frames describes the frames, and package respond sends the files to Grafana.
//
// See https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format. A file consists of
// messages and a footer. The footer contains a copy of the schema, which readers of files use.
// The schema at the beginning of the file therefore has no metadata: the name, the labels and
// the configuration of each field are only in the footer.
package arrowfile

import "slices"

// Type is the type of a column's cells.
type Type uint8

// The types of columns. Frames with other types are encoded by the SDK.
const (
	Time  Type = iota // nanoseconds since 1970, as int64
	Float             // float64
	Text              // UTF-8
)

// Frame is a data frame. Its columns have the memory layout of Arrow.
type Frame struct {
	Name, RefID string
	Meta        []byte // JSON of data.FrameMeta; nil if there is none
	Rows        int
	Columns     []Column
}

// Column is a field of a frame. The cells must not be modified while the file is in use.
type Column struct {
	Name     string
	Type     Type
	Nullable bool
	Labels   []byte // JSON; nil if there are none
	Config   []byte // JSON of data.FieldConfig; nil if there is none

	Nulls int
	Valid []byte // a bit for each cell, which is 0 for null; nil if there are no nulls
	Ends  []byte // of Text: Rows+1 offsets in Cells, as int32; the first is 0
	Cells []byte
}

// Writer writes files. It reuses memory for successive files, and successive files of the same
// shape share their beginning. The zero value is ready to use.
type Writer struct {
	shape shape
	head  []byte // beginning of files with this shape, until the cells
	batch block  // of the record batch in these files

	footer    builder
	allocated []byte // free memory for small pieces
}

// shape is what determines the beginning of a file.
type shape struct {
	rows    int
	columns []columnShape
}

type columnShape struct {
	name               string
	kind               Type
	nullable           bool
	nulls              int
	valid, ends, cells int
}

// block is the location of a record batch in a file.
type block struct {
	offset int // of the message
	meta   int // size of the message's metadata
	body   int // size of the message's body
}

// Append appends the pieces of the file of a frame, and returns the size of the file. The
// pieces contain the cells of the frame without a copy.
func (w *Writer) Append(pieces [][]byte, f *Frame) (all [][]byte, size int) {
	if !w.hasShape(f) {
		w.setShape(f)
	}
	pieces = append(pieces, w.head)
	size = len(w.head)
	if f.Rows > 0 {
		for i := range f.Columns {
			c := &f.Columns[i]
			for _, b := range [...][]byte{c.Valid, c.Ends, c.Cells} {
				if len(b) > 0 {
					pieces = append(pieces, b)
				}
				if n := padding(len(b)); n > 0 {
					pieces = append(pieces, zeros[:n])
				}
			}
		}
		size += w.batch.body
	}
	tail := w.Copy(w.footer.file(f, w.batch))
	return append(pieces, tail), size + len(tail)
}

// Copy returns a copy of b that remains valid. Small copies share an allocation.
func (w *Writer) Copy(b []byte) []byte {
	const chunk = 64 << 10
	if len(b) > cap(w.allocated)-len(w.allocated) {
		if len(b) > chunk/4 {
			return slices.Clone(b)
		}
		w.allocated = make([]byte, 0, min(chunk, max(4<<10, 2*cap(w.allocated))))
	}
	start := len(w.allocated)
	w.allocated = append(w.allocated, b...)
	return w.allocated[start:len(w.allocated):len(w.allocated)]
}

func (w *Writer) hasShape(f *Frame) bool {
	if w.head == nil || w.shape.rows != f.Rows || len(w.shape.columns) != len(f.Columns) {
		return false
	}
	for i := range f.Columns {
		if w.shape.columns[i] != shapeOf(&f.Columns[i]) {
			return false
		}
	}
	return true
}

// setShape sets the beginning of the following files.
func (w *Writer) setShape(f *Frame) {
	w.shape.rows, w.shape.columns = f.Rows, w.shape.columns[:0]
	for i := range f.Columns {
		w.shape.columns = append(w.shape.columns, shapeOf(&f.Columns[i]))
	}
	var b builder
	w.head = append([]byte(magic), 0, 0)
	w.head = appendMessage(w.head, b.schemaMessage(f))
	if w.batch = (block{}); f.Rows == 0 { // like files of the SDK, the file has no record batch
		return
	}
	w.batch.offset = len(w.head)
	var metadata []byte
	metadata, w.batch.body = b.batchMessage(f)
	w.head = appendMessage(w.head, metadata)
	w.batch.meta = len(w.head) - w.batch.offset
}

func shapeOf(c *Column) columnShape {
	return columnShape{c.Name, c.Type, c.Nullable, c.Nulls, len(c.Valid), len(c.Ends), len(c.Cells)}
}

const (
	magic      = "ARROW1"
	alignment  = 8 // of messages and buffers
	endOfInput = "\xff\xff\xff\xff\x00\x00\x00\x00"
)

var zeros [alignment]byte

// padding returns the number of bytes between the end of n bytes and the next buffer.
func padding(n int) int { return -n & (alignment - 1) }

// appendMessage appends the metadata of a message, with its size.
func appendMessage(to, metadata []byte) []byte {
	n := padding(len(metadata))
	to = append(to, "\xff\xff\xff\xff"...)
	to = order.AppendUint32(to, uint32(len(metadata)+n)) //nolint:gosec // G115: bounded by the frame
	to = append(to, metadata...)
	return append(to, zeros[:n]...)
}
