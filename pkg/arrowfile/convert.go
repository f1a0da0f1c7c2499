package arrowfile

import (
	"encoding/json"
	"time"
	"unsafe"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// FrameOf describes a data frame. Its numbers share the memory of the data frame. isSupported
// is false if a field has a type that Frame doesn't have, or if the fields have different
// lengths. The error is that of encoding the metadata as JSON.
func FrameOf(f *data.Frame) (described *Frame, isSupported bool, err error) {
	described = &Frame{Name: f.Name, RefID: f.RefID, Columns: make([]Column, len(f.Fields))}
	if described.Rows, err = f.RowLen(); err != nil {
		return nil, false, nil //nolint:nilerr // the SDK returns the error
	}
	if f.Meta != nil {
		if described.Meta, err = json.Marshal(f.Meta); err != nil {
			return nil, false, err
		}
	}
	for i, field := range f.Fields {
		c := &described.Columns[i]
		if !c.setCells(field) {
			return nil, false, nil
		}
		c.Name = field.Name
		if field.Labels != nil {
			if c.Labels, err = json.Marshal(field.Labels); err != nil {
				return nil, false, err
			}
		}
		if field.Config != nil {
			if c.Config, err = json.Marshal(field.Config); err != nil {
				return nil, false, err
			}
		}
	}
	return described, true, nil
}

// setCells sets the type and the cells of a column to those of a field. It returns false if
// there is no such type.
func (c *Column) setCells(field *data.Field) bool {
	switch n := field.Len(); field.Type() {
	case data.FieldTypeTime:
		c.Type, c.Cells = Time, nanoseconds(cells[time.Time](field, n))
	case data.FieldTypeFloat64:
		c.Type, c.Cells = Float, Numbers(cells[float64](field, n))
	case data.FieldTypeNullableFloat64:
		c.setNullable(cells[*float64](field, n))
	case data.FieldTypeString:
		c.setTexts(cells[string](field, n))
	default:
		return false
	}
	return true
}

// cells returns the n cells of a field, which has the type T. The SDK keeps the cells of every
// field in one slice. PointerAt returns pointers to the elements of this slice.
func cells[T any](field *data.Field, n int) []T {
	if n == 0 {
		return nil
	}
	return unsafe.Slice(field.PointerAt(0).(*T), n) //nolint:forcetypeassert,gosec // the type of the field determines it; G103: the slice has n elements
}

// Numbers returns the memory of numbers, without a copy.
func Numbers[T float64 | int64 | int32](numbers []T) []byte {
	if len(numbers) == 0 {
		return nil
	}
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(numbers))), len(numbers)*int(unsafe.Sizeof(zero))) //nolint:gosec // G103: the bytes of the numbers
}

// Milliseconds returns the cells of a column of the type Time.
func Milliseconds(times []int64) []byte {
	nanos := make([]int64, len(times))
	for i, t := range times {
		nanos[i] = t * int64(time.Millisecond)
	}
	return Numbers(nanos)
}

func nanoseconds(times []time.Time) []byte {
	nanos := make([]int64, len(times))
	for i, t := range times {
		nanos[i] = t.UnixNano()
	}
	return Numbers(nanos)
}

func (c *Column) setNullable(values []*float64) {
	column := NewNullable(len(values))
	for i, v := range values {
		if v != nil {
			column.Set(i, *v)
		}
	}
	column.Finish(c)
}

func (c *Column) setTexts(texts []string) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	ends := make([]int32, 1, len(texts)+1)
	all := make([]byte, 0, size)
	for _, text := range texts {
		all = append(all, text...)
		ends = append(ends, int32(len(all))) //nolint:gosec // G115: package frames bounds the text
	}
	c.Type, c.Ends, c.Cells = Text, Numbers(ends), all
}

// Nullable is a column of the type Float with nulls, which is being filled.
type Nullable struct {
	values []float64
	valid  []byte
	count  int // of values that aren't null
}

// NewNullable returns a column whose cells are all null.
func NewNullable(rows int) *Nullable {
	return &Nullable{values: make([]float64, rows), valid: make([]byte, (rows+7)/8)}
}

// Set sets a cell, which must be null.
func (n *Nullable) Set(row int, value float64) {
	n.values[row] = value
	n.valid[row/8] |= 1 << (row % 8)
	n.count++
}

// Finish sets the type and the cells of a column.
func (n *Nullable) Finish(c *Column) {
	c.Type, c.Nullable, c.Cells, c.Nulls = Float, true, Numbers(n.values), len(n.values)-n.count
	if c.Nulls > 0 {
		c.Valid = n.valid
	}
}
