package promapi

import (
	"context"
	"encoding/json"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
)

// Raw is an answer of query or query_range whose data stay as the server wrote
// them, byte for byte: one JSON object with resultType and result.
type Raw struct {
	Data     json.RawMessage
	Warnings []string
	Infos    []string
}

// RawRange is QueryRange whose data aren't decoded.
func (c *Client) RawRange(ctx context.Context, q Range) (Raw, error) {
	return ask(ctx, c, c.rangeCall(q), decodeRaw)
}

// RawQuery is Query whose data aren't decoded.
func (c *Client) RawQuery(ctx context.Context, q Instant) (Raw, error) {
	return ask(ctx, c, c.instantCall(q), decodeRaw)
}

func decodeRaw(r io.Reader) (Raw, error) {
	var answer struct {
		Status   string          `json:"status"`
		Data     json.RawMessage `json:"data"`
		Warnings []string        `json:"warnings"`
		Infos    []string        `json:"infos"`
		promjson.APIError
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return Raw{}, err
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return Raw{}, err
	}
	if answer.Status != "success" {
		return Raw{}, &answer.APIError
	}
	var data struct {
		ResultType string `json:"resultType"`
	}
	if len(answer.Data) > 0 {
		if err := json.Unmarshal(answer.Data, &data); err != nil {
			return Raw{}, err
		}
	}
	if data.ResultType == "" { // a caller who is handed this would take it for data
		return Raw{}, &promjson.SyntaxError{Text: "it has no data with a resultType", Offset: int64(len(text))}
	}
	return Raw{Data: answer.Data, Warnings: answer.Warnings, Infos: answer.Infos}, nil
}
