package promapi

import (
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
