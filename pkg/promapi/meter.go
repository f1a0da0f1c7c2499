package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// maxHead is how much of an answer is kept while it is decoded, for what it says if
// it isn't one of the API.
const maxHead = 4 << 10

// meter counts the bytes of an answer and stops at a limit.
type meter struct {
	resp     *http.Response
	maxBytes int64
	count    func(n int64) error // takes memory for what is read; nil for none
	read     int64
	head     []byte // the first bytes
	limit    int    // of head
	cut      bool   // the connection or the encoding ended too early
}

func (m *meter) Read(p []byte) (int, error) {
	// One byte more than the limit tells an answer that ends there from one that
	// goes on.
	if left := m.maxBytes + 1 - m.read; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := m.resp.Body.Read(p)
	m.read += int64(n)
	m.cut = errors.Is(err, io.ErrUnexpectedEOF)
	if m.read > m.maxBytes {
		return 0, errTooLarge
	}
	m.keep(p[:n])
	if m.count != nil && n > 0 {
		if err := m.count(int64(n)); err != nil {
			return 0, err
		}
	}
	return n, err
}

// keep adds to the head: as much as an error shows, of what can't be an answer.
func (m *meter) keep(part []byte) {
	if m.limit == 0 {
		m.limit = maxHead
		if !mayBeAnswer(part) {
			m.limit = errortext.MaxBody
		}
	}
	if missing := m.limit - len(m.head); missing > 0 {
		m.head = append(m.head, part[:min(missing, len(part))]...)
	}
}

// mayBeAnswer reports whether a text that begins like this can be a JSON object.
func mayBeAnswer(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	return len(text) == 0 || text[0] == '{'
}

// foreign returns the body of an answer that isn't one of the API, such as a login
// page, text, or JSON of another kind; nil for others. complete reports whether it
// is there to its end.
func (m *meter) foreign() (body []byte, complete bool) {
	if !mayBeAnswer(m.head) {
		_, err := io.Copy(io.Discard, io.LimitReader(m, int64(errortext.MaxBody-len(m.head))))
		return m.head, err == nil && len(m.head) < errortext.MaxBody
	}
	// JSON that is longer than the head isn't recognized.
	var answer map[string]json.RawMessage
	if json.Unmarshal(m.head, &answer) != nil {
		return nil, true
	}
	status, failure := string(answer["status"]), string(answer["error"])
	if status == `"success"` || status == `"error"` && len(failure) > len(`""`) {
		return nil, true
	}
	return m.head, true
}
