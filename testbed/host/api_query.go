package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
)

// queryBody is the body of a query request from Grafana's frontend. From and To are epoch
// milliseconds, as strings, or relative times such as now-6h.
type queryBody struct {
	Queries []json.RawMessage `json:"queries"`
	From    string            `json:"from"`
	To      string            `json:"to"`
}

// serveQuery responds with the SDK's JSON encoding of a QueryDataResponse. As in Grafana, the
// HTTP status is 400 if any query fails. The response to a query contains its error,
// errorSource and status.
func (h *Host) serveQuery(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		writeBodyError(w, err)
		return
	}
	var body queryBody
	if err := json.Unmarshal(raw, &body); err != nil {
		writeMessage(w, http.StatusBadRequest, "The request's body is not a query request: "+err.Error())
		return
	}
	queries, code, err := h.parse(body)
	if err != nil {
		writeMessage(w, code, err.Error())
		return
	}
	responses, err := h.QueryData(r.Context(), queries, nil)
	if err != nil {
		writePluginError(w, err)
		return
	}
	code = http.StatusOK
	for _, response := range responses.Responses {
		if response.Error != nil {
			code = http.StatusBadRequest
		}
	}
	writeJSON(w, code, responses)
}

// parse returns the queries that aren't hidden, or an error with the HTTP status to respond
// with.
func (h *Host) parse(body queryBody) ([]backend.DataQuery, int, error) {
	span, err := TimeRange(body.From, body.To, time.Now())
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	var queries []backend.DataQuery
	for _, raw := range body.Queries {
		query, hidden, err := DataQuery(raw, span, PanelDefaults)
		if err != nil {
			return nil, http.StatusBadRequest, err
		}
		var names struct {
			DataSource struct {
				UID string `json:"uid"`
			} `json:"datasource"`
		}
		if err := json.Unmarshal(raw, &names); err != nil || names.DataSource.UID == "" {
			return nil, http.StatusBadRequest, fmt.Errorf("query %s has no data source: set datasource.uid", query.RefID)
		}
		if names.DataSource.UID != h.source.UID {
			return nil, http.StatusNotFound, fmt.Errorf("no data source has the uid %q", names.DataSource.UID)
		}
		if !hidden {
			queries = append(queries, query)
		}
	}
	if len(queries) == 0 {
		return nil, http.StatusBadRequest, errors.New("no queries found")
	}
	return queries, http.StatusOK, nil
}

// TimeRange parses a time range as Grafana does, relative to now.
func TimeRange(from, to string, now time.Time) (backend.TimeRange, error) {
	span := gtime.TimeRange{From: from, To: to, Now: now}
	begin, err := span.ParseFrom()
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("from: %q is not a time; use epoch milliseconds or a relative time such as now-6h", from)
	}
	end, err := span.ParseTo()
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("to: %q is not a time; use epoch milliseconds or a relative time such as now", to)
	}
	return backend.TimeRange{From: begin, To: end}, nil
}
