package prometheusapi

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/labelname"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// labelSet contains the labels of a series. Its JSON is an object, as in Prometheus.
type labelSet series.Labels

func (l labelSet) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, label := range l {
		if i > 0 {
			text = append(text, ',')
		}
		name, err := restjson.Marshal(label.Name)
		if err != nil {
			return nil, err
		}
		value, err := restjson.Marshal(label.Value)
		if err != nil {
			return nil, err
		}
		text = append(append(append(text, name...), ':'), value...)
	}
	return append(text, '}'), nil
}

// LabelNames serves GET and POST api/v1/labels.
func (a API) LabelNames(ctx context.Context, form url.Values) (json.RawMessage, error) {
	s, err := selection(form)
	if err != nil {
		return nil, err
	}
	names, err := a.Client.LabelNames(ctx, s)
	return encodeList(names, err)
}

// LabelValues serves GET api/v1/label/{label}/values. As in Prometheus, a name that begins with
// U__ is an escaped name.
func (a API) LabelValues(ctx context.Context, label string, form url.Values) (json.RawMessage, error) {
	s, err := selection(form)
	if err != nil {
		return nil, err
	}
	values, err := a.Client.LabelValues(ctx, labelname.Unescape(label), s)
	return encodeList(values, err)
}

// Series serves GET and POST api/v1/series.
func (a API) Series(ctx context.Context, form url.Values) (json.RawMessage, error) {
	if len(form["match[]"]) == 0 {
		return nil, fault.New(fault.BadQuery, "no match[] parameter provided")
	}
	s, err := selection(form)
	if err != nil {
		return nil, err
	}
	found, err := a.Client.Series(ctx, s)
	sets := promapi.Answer[[]labelSet]{Notes: found.Notes}
	for _, labels := range found.Data {
		sets.Data = append(sets.Data, labelSet(labels))
	}
	return encodeList(sets, err)
}

// encodeList returns the body of a response with a list, which is empty if the server returned
// null.
func encodeList[T any](list promapi.Answer[[]T], err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	if list.Data == nil {
		list.Data = []T{}
	}
	return encode(list.Data, list.Notes)
}

// selection parses the parameters of the routes for labels and series.
func selection(form url.Values) (s promapi.Selection, err error) {
	if s.Start, s.End, err = span(form, false); err != nil {
		return s, err
	}
	s.Limit, err = limitParam(form, "limit", promapi.MaxListed)
	s.Match = form["match[]"]
	return s, err
}

// Metadata serves GET api/v1/metadata. Prometheus returns only the metadata of its current
// targets, so the metadata of other families is that of Families.
func (a API) Metadata(ctx context.Context, form url.Values) (json.RawMessage, error) {
	s := promapi.MetadataSelection{Metric: form.Get("metric")}
	var err error
	if s.Limit, err = limitParam(form, "limit", promapi.MaxListed); err != nil {
		return nil, err
	}
	if s.PerLimit, err = limitParam(form, "limit_per_metric", maxPerFamily); err != nil {
		return nil, err
	}
	s.Known = a.Families(s.Metric)
	metadata, err := a.Client.Metadata(ctx, s)
	if err != nil {
		return nil, err
	}
	return encode(metadata.Data, metadata.Notes)
}
