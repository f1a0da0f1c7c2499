package promjson

import (
	"errors"
	"io"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// List is what a metadata endpoint lists, with what the server reports along with it.
type List[T any] struct {
	Data T
	series.Notes
	Cut bool // the server sent more than there was to be read
}

// Metadata is what targets report about a metric family that they export.
type Metadata struct {
	Type string `json:"type"` // counter, gauge, histogram, summary or unknown, among others
	Help string `json:"help"`
	Unit string `json:"unit"` // mostly "": few targets set it
}

// Texts reads a list of label names or label values, and keeps the first limit. The
// errors of Texts, LabelSets and Families are those of Stream.
func Texts(r io.Reader, limit int) (List[[]string], error) {
	return readList(r, func(d *decoder, list *List[[]string]) {
		d.listArray(limit, &list.Cut, func() { list.Data = append(list.Data, d.listedText()) })
	})
}

// LabelSets reads a list of series, and keeps the first limit.
func LabelSets(r io.Reader, limit int) (List[[]series.Labels], error) {
	return readList(r, func(d *decoder, list *List[[]series.Labels]) {
		d.listArray(limit, &list.Cut, func() {
			var labels series.Labels
			if !d.null() && d.begins('{') {
				labels = d.labels()
			}
			list.Data = append(list.Data, labels)
		})
	})
}

// Families reads the metadata of metric families, by their names. It keeps limit
// families and, of each, the first perFamily entries.
func Families(r io.Reader, limit, perFamily int) (List[map[string][]Metadata], error) {
	return readList(r, func(d *decoder, list *List[map[string][]Metadata]) {
		if !d.begins('{') {
			return
		}
		list.Data = map[string][]Metadata{}
		total := 0
		d.object(func(key []byte) {
			if _, known := list.Data[string(key)]; !known && len(list.Data) == limit {
				list.Cut = true
				d.skip()
				return
			}
			name := string(key)
			entries, isCut := []Metadata{}, false
			if !d.null() {
				d.listArray(min(perFamily, maxMetadata-total), &isCut, func() { entries = append(entries, d.metadata()) })
			}
			list.Data[name] = entries
			total += len(entries)
			// Servers report nothing about a family whose entries they cut.
			list.Cut = list.Cut || isCut && len(entries) < perFamily
		})
	})
}

// readList reads an answer whose data is a list; data reads that.
func readList[T any](r io.Reader, data func(*decoder, *List[T])) (list List[T], err error) {
	d, _ := decoders.Get().(*decoder)
	defer d.release()
	d.begin(r, Limits{}, nil)
	d.envelope(func() {
		list = List[T]{} // where a key is written twice the last one counts
		data(d, &list)
	})
	list.Notes = d.result.Notes
	limit, over := errors.AsType[*LimitError](d.err)
	switch {
	case over && list.Cut && d.status == success: // what follows a list that is cut is not needed
		return list, nil
	case over:
		return List[T]{}, limit
	case d.err != nil:
		return List[T]{}, d.err
	case d.status != success:
		return List[T]{}, &d.failure
	}
	return list, nil
}

// listArray calls each for the first limit elements of an array and skips the others,
// since what the server reports about a list comes after it.
func (d *decoder) listArray(limit int, isCut *bool, each func()) {
	if !d.begins('[') {
		return
	}
	n := 0
	d.array(func() {
		if n++; n > limit {
			*isCut = true
			d.skip()
			return
		}
		each()
	})
}

// listedText reads a text; null is "".
func (d *decoder) listedText() string {
	if d.null() || !d.begins('"') {
		return ""
	}
	return string(d.string())
}

func (d *decoder) metadata() (m Metadata) {
	if d.null() || !d.begins('{') {
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
		if !d.null() && d.begins('"') {
			*field = d.names.of(d.string()) // many targets say the same
		}
	})
	return m
}

// begins reports whether the next value begins like this. It fails where it doesn't.
func (d *decoder) begins(with byte) bool {
	c := d.peek()
	if c == with || d.err != nil {
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
	d.fail("data can't be a " + kind)
	return false
}
