package promapi

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Answer is the data of a metadata endpoint, with what the server reports along
// with them.
type Answer[T any] struct {
	Data T
	series.Notes
}

// TruncatedWarning is what Prometheus, Thanos and Mimir report of a list that ends at
// the limit of the request.
const TruncatedWarning = "results truncated due to limit"

// decodeData reads an answer whose data is one JSON value, as those of the
// metadata endpoints are.
func decodeData[T any](r io.Reader) (answer Answer[T], err error) {
	var body struct {
		Status    string   `json:"status"`
		Data      T        `json:"data"`
		Warnings  []string `json:"warnings"`
		Infos     []string `json:"infos"`
		IsPartial bool     `json:"isPartial"` // of VictoriaMetrics' cluster
		promjson.APIError
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return answer, err
	}
	if body.Status != "success" {
		return answer, &body.APIError
	}
	answer.Data = body.Data
	for _, warning := range body.Warnings {
		answer.Add(warning, series.Warning)
	}
	for _, info := range body.Infos {
		answer.Add(info, series.Info)
	}
	if body.IsPartial {
		answer.MarkPartial()
	}
	return answer, nil
}

// meter counts the bytes of an answer and stops at a limit.
type meter struct {
	r    io.Reader
	most int64
	read int64
	head []byte // the first bytes, to tell a web page from JSON
}

func (m *meter) Read(p []byte) (int, error) {
	// One byte more than the limit tells an answer that ends there from one that
	// goes on.
	if left := m.most + 1 - m.read; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := m.r.Read(p)
	m.read += int64(n)
	if m.read > m.most {
		return 0, errTooLarge
	}
	if missing := 64 - len(m.head); missing > 0 {
		m.head = append(m.head, p[:min(missing, n)]...)
	}
	return n, err
}

// isPage reports whether the answer is a web page, such as a login form.
func (m *meter) isPage() bool { return bytes.HasPrefix(bytes.TrimSpace(m.head), []byte("<")) }
