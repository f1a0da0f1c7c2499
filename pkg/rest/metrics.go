package rest

import (
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// definition is a metric in the response of GET api/metrics:
// docs/contracts/tango.md#definitions.
type definition struct {
	Name            string   `json:"name"`
	Description     string   `json:"description"`
	PrometheusQuery string   `json:"prometheus_query"`
	RequiredParams  []string `json:"required_params"`
	OptionalParams  []string `json:"optional_params"`
}

// listMetrics serves GET api/metrics: all metrics of the catalog, or those of one pack.
func (a api) listMetrics(_ *http.Request, in input) (any, error) {
	if err := in.checkNames("pack"); err != nil {
		return nil, err
	}
	if err := in.checkValues(); err != nil {
		return nil, err
	}
	pack, err := in.text("pack")
	if err != nil {
		return nil, err
	}
	if found, disabled := a.Catalog.Pack(pack); pack != "" && (found == nil || disabled) {
		why := fault.New(fault.NotFound, "There is no pack %q.", fault.ClipName(pack))
		if disabled {
			why = fault.New(fault.NotFound, "The pack %s is disabled for this data source. Enable it in the data source's settings.", pack)
		}
		return nil, &detailed{
			why,
			details{"pack": fault.ClipName(pack), "nearest": orEmpty(suggest.Nearest(pack, a.packNames()))},
		}
	}
	list := []definition{}
	metrics, _, _ := a.Catalog.Search(catalog.Search{Pack: pack})
	for _, m := range metrics {
		list = append(list, definition{m.Name, m.Description, m.Query, orEmpty(m.RequiredParams), orEmpty(m.OptionalParams)})
	}
	return list, nil
}

// metric returns the metric that the path of a request names. The error is a fault.NotFound
// if there is none.
func (a api) metric(r *http.Request) (*catalog.Metric, error) {
	name := r.PathValue("name")
	metric, err := a.Catalog.Metric(name)
	if err == nil {
		return metric, nil
	}
	if f := fault.As(err); f.Kind == fault.BadQuery {
		return nil, &detailed{
			fault.New(fault.NotFound, "%s", f.Text),
			details{"metric": fault.ClipName(name), "nearest": a.Catalog.Similar(name)},
		}
	}
	return nil, err
}
