package restjson

import (
	"bytes"
	"encoding/json"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Marshal is json.Marshal without escapes of <, > and &, which are operators in PromQL.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// WithData returns the JSON of head, which is a struct with at least one field, with additional
// fields: the unchanged data, and the warnings and infos, if any. It doesn't use Marshal for
// the data, because Marshal would reformat the data.
func WithData(head any, data json.RawMessage, notes series.Notes) (json.RawMessage, error) {
	text, err := Marshal(head)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(len(text) + len(data) + 1<<10)
	b.Write(bytes.TrimSuffix(text, []byte("}")))
	b.WriteString(`,"data":`)
	b.Write(data)
	for _, list := range []struct {
		name  string
		texts []string
	}{{"warnings", notes.Warnings}, {"infos", notes.Infos}} {
		if len(list.texts) == 0 {
			continue
		}
		texts, err := Marshal(list.texts)
		if err != nil {
			return nil, err
		}
		b.WriteString(`,"` + list.name + `":`)
		b.Write(texts)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
