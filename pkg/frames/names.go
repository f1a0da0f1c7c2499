package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// NameMappings returns value mappings that show the names of the ids in a column. Filters,
// links and transformations use the ids. It returns nil if no id has a name.
func NameMappings(names series.LabelNames, ids []string) data.ValueMappings {
	mapper := data.ValueMapper{}
	for _, id := range ids {
		if _, done := mapper[id]; done {
			continue
		}
		if name, found := names.ByID[id]; found && name != id {
			mapper[id] = data.ValueMappingResult{Text: name, Index: len(mapper)}
		}
	}
	if len(mapper) == 0 {
		return nil
	}
	return data.ValueMappings{mapper}
}
