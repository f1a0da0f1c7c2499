package board

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// all is the value of a variable for which All is selected.
const all = "$__all"

var (
	wholeVariable = regexp.MustCompile(`^(?:\$(\w+)|\$\{(\w+)\}|\[\[(\w+)\]\])$`)
	anyVariable   = regexp.MustCompile(`\$\w+|\$\{\w+\}|\[\[\w+\]\]`)
)

// Values are a dashboard's variables, by name.
type Values map[string]Value

// Value contains a variable's selected values and its options. If All is selected, Selected
// contains only $__all. Selected is empty for a variable without a value.
type Value struct {
	Selected []string
	Options  []string
}

// params replaces variables in a catalog query's parameters, given as JSON. It returns,
// for each parameter, a list of values or an operator with such a list.
// tests/testdata/interpolation.json contains test cases.
func (v Values) params(raw json.RawMessage) (map[string]any, error) {
	var params map[string]json.RawMessage
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, fmt.Errorf("params: %w", err)
	}
	filled := make(map[string]any, len(params))
	for name, param := range params {
		var bare provision.Strings
		if json.Unmarshal(param, &bare) == nil {
			filled[name] = v.filter(bare)
			continue
		}
		var withOp struct {
			Op     string            `json:"op"`
			Values provision.Strings `json:"values"`
		}
		if err := json.Unmarshal(param, &withOp); err != nil {
			return nil, fmt.Errorf("params: %s: %s is neither values nor an operator with values", name, param)
		}
		filled[name] = map[string]any{"op": withOp.Op, "values": v.filter(withOp.Values)}
	}
	return filled, nil
}

// filter replaces variables in a parameter's values. The result is empty, which means no
// filter, if one of the values matches everything.
func (v Values) filter(elements []string) []string {
	values := v.names(elements)
	if slices.Contains(values, all) || slices.Contains(values, ".*") {
		return []string{}
	}
	return values
}

// grouping replaces variables in a list of labels or endpoints. If All is selected, a
// variable is replaced by all its options.
func (v Values) grouping(elements []string) []string { return v.withoutAll().names(elements) }

// withoutAll returns a copy of v in which All is replaced by all options of the variable.
func (v Values) withoutAll() Values {
	expanded := make(Values, len(v))
	for name, value := range v {
		if slices.Contains(value.Selected, all) {
			value.Selected = value.Options
		}
		expanded[name] = value
	}
	return expanded
}

// names replaces variables in a list. An element that is exactly $name, ${name} or [[name]]
// is replaced by the selected values of the variable, if it exists. Any other element is
// replaced by the results of the method texts. If a value contains a reference to a variable,
// the reference isn't replaced. Empty values are removed.
func (v Values) names(elements []string) []string {
	filled := []string{}
	for _, element := range elements {
		if values, ok := v.variable(element); ok {
			filled = append(filled, values...)
		} else {
			filled = append(filled, v.texts(element)...)
		}
	}
	return slices.DeleteFunc(filled, func(value string) bool { return value == "" })
}

// variable returns the selected values of a variable if the element is exactly one
// reference to it.
func (v Values) variable(element string) ([]string, bool) {
	m := wholeVariable.FindStringSubmatch(element)
	if m == nil {
		return nil, false
	}
	value, ok := v[m[1]+m[2]+m[3]]
	return value.Selected, ok
}

// maxTexts is the maximum number of texts that replace one element. The number of texts is
// the product of the numbers of values of all variables in the element.
const maxTexts = 1000

// texts replaces variables in one element of a list and returns a text for each combination
// of their values. If All is selected, the values of a variable are all its options. If there
// are more than maxTexts combinations, texts returns only the result of the method text.
func (v Values) texts(element string) []string {
	expanded := v.withoutAll()
	filled := []string{""}
	end := 0
	for _, at := range anyVariable.FindAllStringIndex(element, -1) {
		before, reference := element[end:at[0]], element[at[0]:at[1]]
		values, ok := expanded.variable(reference)
		if !ok {
			values = []string{reference}
		}
		if len(filled)*len(values) > maxTexts {
			return []string{v.text(element)}
		}
		next := make([]string, 0, len(filled)*len(values))
		for _, start := range filled {
			for _, value := range values {
				next = append(next, start+before+value)
			}
		}
		filled, end = next, at[1]
	}
	for i := range filled {
		filled[i] += element[end:]
	}
	return filled
}

// text replaces variables in a text. Several values become {a,b}, which is Grafana's default
// format. A variable without values becomes {}. A reference to an unknown variable isn't
// replaced.
func (v Values) text(s string) string {
	return anyVariable.ReplaceAllStringFunc(s, func(reference string) string {
		values, ok := v.variable(reference)
		switch {
		case !ok:
			return reference
		case len(values) == 1:
			return values[0]
		default:
			return "{" + strings.Join(values, ",") + "}"
		}
	})
}

// target replaces variables in the query of a panel, a variable or an annotation. PromQL with
// a dashboard variable is an error, because only the frontend implements the formatting of
// values in an expression.
func (v Values) target(raw json.RawMessage) (map[string]any, error) {
	var target map[string]any
	if err := json.Unmarshal(raw, &target); err != nil {
		return nil, fmt.Errorf("a query must be an object: %w", err)
	}
	var fields struct {
		Params  json.RawMessage   `json:"params"`
		GroupBy provision.Strings `json:"groupBy"`
		Expr    string            `json:"expr"`
		Tags    provision.Strings `json:"tags"`

		EndpointIDs provision.Strings `json:"endpointIds"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if fields.Expr != "" && v.text(fields.Expr) != fields.Expr {
		return nil, fmt.Errorf("expr: the plugin host doesn't support dashboard variables in PromQL: %s", fields.Expr)
	}
	for _, key := range []string{"metric", "label", "param", "window", "interval", "legendFormat", "title", "text", "section", "timeframe", "granularity", "aggregation"} {
		if s, ok := target[key].(string); ok {
			target[key] = v.text(s)
		}
	}
	if fields.Params != nil {
		params, err := v.params(fields.Params)
		if err != nil {
			return nil, err
		}
		target["params"] = params
	}
	if fields.Tags != nil {
		tags := make([]string, len(fields.Tags))
		for i, tag := range fields.Tags {
			tags[i] = v.text(tag)
		}
		target["tags"] = tags
	}
	if fields.GroupBy != nil {
		target["groupBy"] = v.grouping(fields.GroupBy)
	}
	if fields.EndpointIDs != nil {
		target["endpointIds"] = v.grouping(fields.EndpointIDs)
	}
	return target, nil
}
