// Package reportcsv writes reports as a table of comma-separated values (RFC 4180), which
// docs/report.md describes. rest calls it with the results of package report.
package reportcsv

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

// columns are the names of the columns.
var columns = []string{"endpointId", "section", "field", "timestamp", "value"}

// Values of the column "section" in rows that don't belong to an object of the JSON answer.
const (
	aboutSection = "report" // the fields at the beginning of the answer
	noteSection  = "notes"
	errorSection = "error"
)

// Write returns a header and the rows of the endpoints, in the order of ids.
func Write(results *report.Results, ids []string) []byte {
	w := &writer{}
	w.line(columns...)
	for _, id := range ids {
		w.id = id
		if unknown, is := results.Unknown[id]; is {
			w.text(errorSection, "NOT_FOUND", "", unknown.Error())
			continue
		}
		w.fields(reflect.ValueOf(results.Reports[id]).Elem(), "", "")
	}
	return w.out.Bytes()
}

type writer struct {
	out bytes.Buffer
	id  string
}

// fields writes the fields of a struct. The fields of an embedded struct are written like
// those of the struct itself.
func (w *writer) fields(v reflect.Value, path, timestamp string) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if field.Anonymous {
			w.fields(value, path, timestamp)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if path == "" && name == "endpointId" || timestamp != "" && i == 0 { // the id and the time have their own columns
			continue
		}
		w.value(value, strings.TrimPrefix(path+"."+name, "."), timestamp)
	}
}

func (w *writer) value(v reflect.Value, path, timestamp string) {
	section, _, found := strings.Cut(path, ".")
	if !found {
		section = aboutSection
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.value(v.Elem(), path, timestamp)
		}
	case reflect.Struct:
		w.fields(v, path, timestamp)
	case reflect.Slice:
		w.list(v, path)
	case reflect.Float64:
		w.row(section, path, timestamp, strconv.FormatFloat(v.Float(), 'f', -1, 64))
	case reflect.Bool:
		w.row(section, path, timestamp, strconv.FormatBool(v.Bool()))
	case reflect.String:
		if v.String() != "" {
			w.text(section, path, timestamp, v.String())
		}
	default:
		w.text(section, path, timestamp, fmt.Sprint(v.Interface())) // no answer has other types
	}
}

// list writes the elements of a list. A note becomes one row. If another element begins with a
// time, the column timestamp contains the time. Otherwise the column field contains the index.
func (w *writer) list(v reflect.Value, path string) {
	for i := range v.Len() {
		element := v.Index(i)
		if note, is := reflect.TypeAssert[reportjson.Note](element); is {
			w.text(noteSection, note.Field, "", note.Reason)
			continue
		}
		if element.Kind() == reflect.Struct {
			if name := element.Type().Field(0).Name; name == "Timestamp" || name == "Hour" {
				w.fields(element, path, element.Field(0).String())
				continue
			}
		}
		w.value(element, fmt.Sprintf("%s[%d]", path, i), "")
	}
}

// text writes a row whose value is text.
func (w *writer) text(section, field, timestamp, value string) {
	w.row(section, field, timestamp, defused(value))
}

func (w *writer) row(section, field, timestamp, value string) {
	w.line(defused(w.id), section, field, timestamp, value)
}

// defused returns a text that spreadsheets don't evaluate as a formula.
func defused(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// line writes a line. encoding/csv would change the line breaks inside a value.
func (w *writer) line(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			w.out.WriteByte(',')
		}
		if strings.ContainsAny(cell, "\",\r\n") {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		w.out.WriteString(cell)
	}
	w.out.WriteString("\r\n")
}
