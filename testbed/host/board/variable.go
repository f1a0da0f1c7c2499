package board

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// variableDefaults are the interval and the number of points of variable queries. The
// interval is 0, because these queries have no step.
var variableDefaults = host.Defaults{Interval: 0, MaxDataPoints: 100}

// VariableResult contains a variable's options and its selected values.
type VariableResult struct {
	Variable provision.Variable
	Options  []string
	Values   []string
	Took     time.Duration
	Err      error
}

// resolve returns a variable's options and its selected values. The options of a query
// variable come from the plugin, the options of a `datasource` variable from the
// provisioned data sources, and all other options from the dashboard.
func (b *Board) resolve(ctx context.Context, variable provision.Variable) VariableResult {
	result := VariableResult{Variable: variable, Values: variable.Current.Value}
	began := time.Now()
	switch variable.Type {
	case "datasource":
		result.Options, result.Err = b.dataSources(variable)
		result.Values = result.Options
		return result
	case "query":
		result.Options, result.Err = b.options(ctx, variable)
		result.Took = time.Since(began)
	case "custom":
		result.Options, result.Err = customOptions(variable)
		return result
	case "constant", "textbox", "interval":
		result.Options = variable.Current.Value
		return result
	default:
		result.Err = fmt.Errorf("the plugin host doesn't support variables of type %q", variable.Type)
	}
	result.Values = selection(variable, result.Options)
	return result
}

// selection returns the values that Grafana selects when a variable's options are loaded: the
// saved values that are among the options. If there are none, selection returns All or, for a
// variable that doesn't include All, the first option, if any.
func selection(variable provision.Variable, options []string) []string {
	saved := variable.Current.Value
	if variable.IncludeAll && (len(saved) == 0 || slices.Contains(saved, all)) {
		return []string{all}
	}
	available := slices.DeleteFunc(slices.Clone([]string(saved)), func(v string) bool { return !slices.Contains(options, v) })
	switch {
	case len(available) > 0:
		return available
	case variable.IncludeAll:
		return []string{all}
	case len(options) > 0:
		return options[:1]
	default:
		return []string{}
	}
}

func (b *Board) dataSources(variable provision.Variable) ([]string, error) {
	var pluginID string
	if err := json.Unmarshal(variable.Query, &pluginID); err != nil {
		return nil, fmt.Errorf("query: must be a plugin id: %w", err)
	}
	source, ok := b.set.DataSourceOfType(pluginID)
	if !ok {
		return nil, fmt.Errorf("no data source of type %q is provisioned", pluginID)
	}
	return []string{source.UID}, nil
}

var (
	listItem  = regexp.MustCompile(`(?:\\,|[^,])+`)
	textValue = regexp.MustCompile(`^.+\s:\s(.+)$`)
)

// customOptions returns the options of a custom variable: comma-separated values,
// each optionally written as "text : value".
func customOptions(variable provision.Variable) ([]string, error) {
	var list string
	if err := json.Unmarshal(variable.Query, &list); err != nil {
		return nil, fmt.Errorf("query: must be comma-separated values: %w", err)
	}
	var options []string
	for _, item := range listItem.FindAllString(list, -1) {
		item = strings.TrimSpace(strings.ReplaceAll(item, `\,`, ","))
		if m := textValue.FindStringSubmatch(item); m != nil {
			item = m[1]
		}
		options = append(options, item)
	}
	return options, nil
}

// options queries the plugin for the options of a query variable.
func (b *Board) options(ctx context.Context, variable provision.Variable) ([]string, error) {
	if variable.Regex != "" {
		return nil, fmt.Errorf("regex: the plugin host doesn't filter options; use the query instead")
	}
	frames, err := b.runQuery(ctx, variable.Query, variable.DataSource, variableDefaults)
	if err != nil {
		return nil, err
	}
	return optionsOf(frames)
}

// runQuery sends the query of a variable or an annotation.
func (b *Board) runQuery(ctx context.Context, raw, source json.RawMessage, defaults host.Defaults) (data.Frames, error) {
	raw, err := withDataSource(raw, source)
	if err != nil {
		return nil, err
	}
	query, _, err := b.prepare(raw, defaults)
	if err != nil {
		return nil, err
	}
	responses, err := b.querier.QueryData(ctx, []backend.DataQuery{query}, nil)
	if err != nil {
		return nil, err
	}
	response := responses.Responses[query.RefID]
	return response.Frames, response.Error
}

// withDataSource sets the data source in the query of a variable or an annotation. Dashboards
// store such a query without a data source. Grafana adds the data source before it sends the
// query.
func withDataSource(raw, source json.RawMessage) (json.RawMessage, error) {
	var query map[string]any
	if err := json.Unmarshal(raw, &query); err != nil {
		return nil, fmt.Errorf("query: must be an object, as the plugin stores it: %w", err)
	}
	query["datasource"] = source
	return json.Marshal(query)
}

// optionsOf reads the options in the frame of a variable query. As in Grafana, they are the
// values of the string field `value` or, if there is no such field, of the string field
// `text`.
func optionsOf(frames data.Frames) ([]string, error) {
	if len(frames) != 1 {
		return nil, fmt.Errorf("a variable query must return one frame, not %d", len(frames))
	}
	field, _ := frames[0].FieldByName("value")
	if field == nil {
		field, _ = frames[0].FieldByName("text")
	}
	if field == nil || field.Type() != data.FieldTypeString && field.Type() != data.FieldTypeNullableString {
		return nil, fmt.Errorf("the frame of a variable query must have a string field named text; Grafana fails without one")
	}
	var options []string
	for i := range field.Len() {
		if value, ok := field.ConcreteAt(i); ok {
			options = append(options, value.(string))
		}
	}
	return options, nil
}
