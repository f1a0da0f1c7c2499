package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// limitedBody reads the body of a response up to a limit. It keeps the beginning of the body
// for an error message.
type limitedBody struct {
	resp     *http.Response
	maxBytes int64
	count    func(n int64) error // acquires memory for n bytes; may be nil
	decoding *budget.Decoding    // limits the number of long bodies that are decoded concurrently; may be nil
	read     int64
	head     []byte // the first bytes
	maxHead  int    // maximum length of head; 0 before the first read
	isCut    bool   // the connection or the encoding ended too early
}

func (b *limitedBody) Read(p []byte) (int, error) {
	// Reading one byte more than the limit distinguishes a body of exactly that size from a
	// longer one.
	if remaining := b.maxBytes + 1 - b.read; int64(len(p)) > remaining {
		p = p[:remaining]
	}
	n, err := b.resp.Body.Read(p)
	b.read += int64(n)
	b.isCut = errors.Is(err, io.ErrUnexpectedEOF)
	if b.read > b.maxBytes {
		return 0, errTooLarge
	}
	b.keepHead(p[:n])
	if b.count != nil && n > 0 {
		if err := b.count(int64(n)); err != nil {
			return 0, err
		}
	}
	return n, err
}

// keepHead appends p to the head, up to maxHead. The maximum is larger for a body that
// can't be an answer of the API, because an error message will contain its text.
func (b *limitedBody) keepHead(p []byte) {
	if b.maxHead == 0 {
		b.maxHead = maxHeadBytes
		if !maybeJSONObject(p) {
			b.maxHead = errortext.MaxBody
		}
	}
	if missing := b.maxHead - len(b.head); missing > 0 {
		b.head = append(b.head, p[:min(missing, len(p))]...)
	}
}

// maybeJSONObject reports whether text can be the beginning of a JSON object.
func maybeJSONObject(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	return len(text) == 0 || text[0] == '{'
}

// foreignText returns the text of a body that isn't an answer of the API, such as a login
// page, plain text, or other JSON. complete is false if the text may be only the beginning
// of the body. foreignText returns nil for an answer of the API, for an empty head, and for
// a head that begins with { but isn't valid JSON, such as that of a long JSON object.
func (b *limitedBody) foreignText() (text []byte, complete bool) {
	if !maybeJSONObject(b.head) {
		_, err := io.Copy(io.Discard, io.LimitReader(b, int64(errortext.MaxBody-len(b.head))))
		return b.head, err == nil && len(b.head) < errortext.MaxBody
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal(b.head, &answer) != nil {
		return nil, true
	}
	status, message := string(answer["status"]), string(answer["error"])
	if status == `"success"` || status == `"error"` && len(message) > len(`""`) {
		return nil, true
	}
	return b.head, true
}
