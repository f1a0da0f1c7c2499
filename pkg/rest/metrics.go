package rest

import (
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// definition is a metric as GET api/metrics lists it: docs/contracts/tango.md#definitions.
type definition struct {
	Name            string   `json:"name"`
	Description     string   `json:"description"`
	PrometheusQuery string   `json:"prometheus_query"`
	RequiredParams  []string `json:"required_params"`
	OptionalParams  []string `json:"optional_params"`
}

// listMetrics answers GET api/metrics: every metric of the catalog, or those of
// one pack with ?pack=name.
func (a api) listMetrics(_ *http.Request, in input) (any, error) {
	if err := in.only("pack"); err != nil {
		return nil, err
	}
	if err := in.filled(); err != nil {
		return nil, err
	}
	pack, err := in.text("pack")
	if err != nil {
		return nil, err
	}
	if found, off := a.Catalog.Pack(pack); pack != "" && (found == nil || off) {
		why := fault.New(fault.NotFound, "There is no pack %q.", clip(pack))
		if off {
			why = fault.New(fault.NotFound, "The pack %s is disabled for this data source. Enable it in the data source's settings.", pack)
		}
		return nil, &detailed{
			why,
			details{"pack": clip(pack), "nearest": orEmpty(suggest.Nearest(pack, a.packNames()))},
		}
	}
	list := []definition{}
	metrics, _ := a.Catalog.Search(catalog.Search{Pack: pack})
	for _, m := range metrics {
		list = append(list, definition{m.Name, m.Description, m.Query, orEmpty(m.RequiredParams), orEmpty(m.OptionalParams)})
	}
	return list, nil
}

// metric finds a metric by the name in a request's path; the error of one that
// doesn't exist is a fault.NotFound.
func (a api) metric(r *http.Request) (*catalog.Metric, error) {
	name := r.PathValue("name")
	metric, err := a.Catalog.Metric(name)
	if err == nil {
		return metric, nil
	}
	if f := fault.As(err); f.Kind == fault.BadQuery {
		return nil, &detailed{
			fault.New(fault.NotFound, "%s", f.Text),
			details{"metric": clip(name), "nearest": orEmpty(suggest.Nearest(name, a.Catalog.Names()))},
		}
	}
	return nil, err
}
