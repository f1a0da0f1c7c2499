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

// asVariable is how variable queries arrive: without a step.
var asVariable = host.Defaults{Interval: 0, MaxDataPoints: 100}

// VariableResult is what a variable offers and what it stands at.
type VariableResult struct {
	Variable provision.Variable
	Options  []string
	Values   []string
	Took     time.Duration
	Err      error
}

// resolve finds a variable's options and its value. Options come from the
// plugin for a query variable, from the provisioned data sources for a
// `datasource` variable, and from the dashboard for the others.
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
		result.Options, result.Err = listed(variable)
		return result
	case "constant", "textbox", "interval":
		result.Options = variable.Current.Value
		return result
	default:
		result.Err = fmt.Errorf("the host knows no variable of type %q", variable.Type)
	}
	result.Values = standing(variable, result.Options)
	return result
}

// standing is what Grafana sets a variable to once its options are known: what
// the dashboard was saved with as far as it is offered, else All or the first.
func standing(variable provision.Variable, options []string) []string {
	saved := variable.Current.Value
	if variable.IncludeAll && (len(saved) == 0 || slices.Contains(saved, all)) {
		return []string{all}
	}
	offered := slices.DeleteFunc(slices.Clone([]string(saved)), func(v string) bool { return !slices.Contains(options, v) })
	switch {
	case len(offered) > 0:
		return offered
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
		return nil, fmt.Errorf("query: a plugin id was expected: %w", err)
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

// listed reads what a custom variable offers: values between commas, each of
// which may stand as "text : value".
func listed(variable provision.Variable) ([]string, error) {
	var list string
	if err := json.Unmarshal(variable.Query, &list); err != nil {
		return nil, fmt.Errorf("query: values between commas were expected: %w", err)
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

// options asks the plugin for a query variable's options.
func (b *Board) options(ctx context.Context, variable provision.Variable) ([]string, error) {
	if variable.Regex != "" {
		return nil, fmt.Errorf("regex: the host filters no options; let the query do it")
	}
	frames, err := b.ask(ctx, variable.Query, variable.DataSource, asVariable)
	if err != nil {
		return nil, err
	}
	return optionsOf(frames)
}

// ask sends the one query of a variable or an annotation.
func (b *Board) ask(ctx context.Context, raw, source json.RawMessage, defaults host.Defaults) (data.Frames, error) {
	raw, err := withDataSource(raw, source)
	if err != nil {
		return nil, err
	}
	query, _, err := b.prepare(raw, defaults)
	if err != nil {
		return nil, err
	}
	answer, err := b.querier.QueryData(ctx, []backend.DataQuery{query}, nil)
	if err != nil {
		return nil, err
	}
	response := answer.Responses[query.RefID]
	return response.Frames, response.Error
}

// withDataSource puts its data source into the query of a variable or an annotation,
// as Grafana does before it asks. Such a query keeps no reference of its own.
func withDataSource(raw, source json.RawMessage) (json.RawMessage, error) {
	var query map[string]any
	if err := json.Unmarshal(raw, &query); err != nil {
		return nil, fmt.Errorf("query: an object was expected, as the plugin stores it: %w", err)
	}
	query["datasource"] = source
	return json.Marshal(query)
}

// optionsOf reads the frame that a variable query is answered with: a string
// field `text`, and `value` where what is inserted differs from what is shown.
func optionsOf(frames data.Frames) ([]string, error) {
	if len(frames) != 1 {
		return nil, fmt.Errorf("a variable's answer is one frame, not %d", len(frames))
	}
	field, _ := frames[0].FieldByName("value")
	if field == nil {
		field, _ = frames[0].FieldByName("text")
	}
	if field == nil || field.Type() != data.FieldTypeString && field.Type() != data.FieldTypeNullableString {
		return nil, fmt.Errorf("a variable's answer needs a string field named text; Grafana throws without one")
	}
	var options []string
	for i := range field.Len() {
		if value, ok := field.ConcreteAt(i); ok {
			options = append(options, value.(string))
		}
	}
	return options, nil
}
