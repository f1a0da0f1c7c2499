package promjson

import (
	"errors"
	"io"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// List is an answer of a metadata endpoint, with the server's notes.
type List[T any] struct {
	Data T
	series.Notes
	Truncated bool // the answer has more elements than a limit
}

// Metadata is a description of a metric family by the targets that export it.
type Metadata struct {
	Type string `json:"type"` // counter, gauge, histogram, summary or unknown, among others
	Help string `json:"help"`
	Unit string `json:"unit"` // often ""
}

// Strings decodes a list of label names or label values. It keeps the first elements, at most
// as many as limit. The errors of Strings, LabelSets and Families are among those of Stream.
func Strings(r io.Reader, limit int) (List[[]string], error) {
	return readList(r, func(d *decoder, list *List[[]string]) {
		d.truncatedArray(limit, &list.Truncated, func() { list.Data = append(list.Data, d.stringOrNull()) })
	})
}

// LabelSets decodes a list of series. It keeps the first elements, at most as many as limit.
func LabelSets(r io.Reader, limit int) (List[[]series.Labels], error) {
	return readList(r, func(d *decoder, list *List[[]series.Labels]) {
		d.truncatedArray(limit, &list.Truncated, func() {
			var labels series.Labels
			if !d.null() && d.expectType('{') {
				labels = d.labels()
			}
			list.Data = append(list.Data, labels)
		})
	})
}

// Families decodes the metadata of metric families. It keeps the first families, at most as
// many as limit. Of each family, it keeps the first descriptions, at most as many as
// perFamily. It keeps at most maxMetadata descriptions of all families together. The keys of
// Data are the names of the families.
func Families(r io.Reader, limit, perFamily int) (List[map[string][]Metadata], error) {
	return readList(r, func(d *decoder, list *List[map[string][]Metadata]) {
		if !d.expectType('{') {
			return
		}
		list.Data = map[string][]Metadata{}
		total := 0
		d.object(func(key []byte) {
			if _, known := list.Data[string(key)]; !known && len(list.Data) == limit {
				list.Truncated = true
				d.skip()
				return
			}
			name := string(key)
			entries, truncated := []Metadata{}, false
			if !d.null() {
				d.truncatedArray(min(perFamily, maxMetadata-total), &truncated, func() { entries = append(entries, d.metadata()) })
			}
			list.Data[name] = entries
			total += len(entries)
			// Entries of a family beyond perFamily are dropped without marking the list as
			// truncated. Servers don't report that they drop such entries either.
			list.Truncated = list.Truncated || truncated && len(entries) < perFamily
		})
	})
}

// readList decodes an answer with a list. It calls the function data to read the list, unless
// the list is null.
func readList[T any](r io.Reader, data func(*decoder, *List[T])) (list List[T], err error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, Limits{}, nil)
	d.envelope(func() {
		list = List[T]{} // the last one of duplicate keys wins
		data(d, &list)
	})
	list.Notes = d.result.Notes
	limit, isLimit := errors.AsType[*LimitError](d.err)
	switch {
	case isLimit && list.Truncated && d.status == statusSuccess: // the rest of a truncated list isn't needed
		return list, nil
	case isLimit:
		return List[T]{}, limit
	case d.err != nil:
		return List[T]{}, d.err
	case d.status != statusSuccess:
		return List[T]{}, d.apiError()
	}
	return list, nil
}

// truncatedArray reads an array. It calls the function element to read each of the first
// elements, at most as many as limit. If there are further elements, it sets truncated, and
// skips these elements to reach the notes that may follow the list.
func (d *decoder) truncatedArray(limit int, truncated *bool, element func()) {
	if !d.expectType('[') {
		return
	}
	n := 0
	d.array(func() {
		if n++; n > limit {
			*truncated = true
			d.skip()
			return
		}
		element()
	})
}

// stringOrNull reads a string. It returns "" for null.
func (d *decoder) stringOrNull() string {
	if d.null() || !d.expectType('"') {
		return ""
	}
	return string(d.string())
}

func (d *decoder) metadata() (m Metadata) {
	if d.null() || !d.expectType('{') {
		return m
	}
	d.object(func(key []byte) {
		var field *string
		switch string(key) {
		case "type":
			field = &m.Type
		case "help":
			field = &m.Help
		case "unit":
			field = &m.Unit
		default:
			d.skip()
			return
		}
		if !d.null() && d.expectType('"') {
			*field = d.stringPool.get(d.string()) // many families have equal descriptions
		}
	})
	return m
}

// expectType reports whether the next value begins with the given byte. If not, it sets the
// error.
func (d *decoder) expectType(first byte) bool {
	c := d.peek()
	if c == first || d.err != nil {
		return d.err == nil
	}
	var kind string
	switch {
	case c == '{':
		kind = "JSON object"
	case c == '[':
		kind = "JSON array"
	case c == '"':
		kind = "JSON string"
	case c == 't' || c == 'f':
		kind = "JSON bool"
	case c == '-' || c >= '0' && c <= '9':
		kind = "JSON number"
	default:
		kind = strconv.Quote(string(rune(c)))
	}
	d.fail("unexpected " + kind)
	return false
}
