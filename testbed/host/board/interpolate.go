package board

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// all is the value of a variable that stands at All.
const all = "$__all"

var (
	wholeVariable = regexp.MustCompile(`^(?:\$(\w+)|\$\{(\w+)\}|\[\[(\w+)\]\])$`)
	anyVariable   = regexp.MustCompile(`\$\w+|\$\{\w+\}|\[\[\w+\]\]`)
)

// Values are a dashboard's variables, by name.
type Values map[string]Value

// Value is what a variable stands at and what it offers to choose from. One at
// All stands at $__all alone, one without a value at nothing.
type Value struct {
	At     []string
	Offers []string
}

// params fills variables into a catalog query's parameters, given as JSON, in
// the way that tests/testdata/interpolation.json lists case by case. Each
// parameter comes out as a list, or under its operator.
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
		var compared struct {
			Op     string            `json:"op"`
			Values provision.Strings `json:"values"`
		}
		if err := json.Unmarshal(param, &compared); err != nil {
			return nil, fmt.Errorf("params: %s: neither values nor an operator with values: %s", name, param)
		}
		filled[name] = map[string]any{"op": compared.Op, "values": v.filter(compared.Values)}
	}
	return filled, nil
}

// filter is a parameter's elements as values; none of them means no filter,
// which is also what one element that lets everything through makes of them.
func (v Values) filter(elements []string) []string {
	values := v.names(elements)
	if slices.Contains(values, all) || slices.Contains(values, ".*") {
		return []string{}
	}
	return values
}

// grouping is a list of names to group by, where a variable at All is every
// name that it offers.
func (v Values) grouping(elements []string) []string { return v.offered().names(elements) }

// offered has variables that stand at All at every value that they offer.
func (v Values) offered() Values {
	chosen := make(Values, len(v))
	for name, value := range v {
		if slices.Contains(value.At, all) {
			value.At = value.Offers
		}
		chosen[name] = value
	}
	return chosen
}

// names fills variables into a list. An element that is exactly $name, ${name} or
// [[name]] stands for all values of that variable; anything else is a text for
// each value of the variables in it, at All for each that it offers. Values are not
// filled again.
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

// variable returns what the variable that the element names stands at.
func (v Values) variable(element string) ([]string, bool) {
	m := wholeVariable.FindStringSubmatch(element)
	if m == nil {
		return nil, false
	}
	value, ok := v[m[1]+m[2]+m[3]]
	return value.At, ok
}

// maxTexts bounds the texts that one element becomes: each variable in it
// multiplies them.
const maxTexts = 1000

// texts fills variables into one element of a list. An element of more than
// maxTexts is one text, as in text.
func (v Values) texts(element string) []string {
	offered := v.offered()
	filled := []string{""}
	end := 0
	for _, at := range anyVariable.FindAllStringIndex(element, -1) {
		before, found := element[end:at[0]], element[at[0]:at[1]]
		values, ok := offered.variable(found)
		if !ok {
			values = []string{found}
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

// text fills variables into a text. Several values become {a,b}, which is what
// Grafana writes where it is told no other format; unknown names stay.
func (v Values) text(s string) string {
	return anyVariable.ReplaceAllStringFunc(s, func(found string) string {
		values, ok := v.variable(found)
		switch {
		case !ok:
			return found
		case len(values) == 1:
			return values[0]
		default:
			return "{" + strings.Join(values, ",") + "}"
		}
	})
}

// target fills variables into one query of a panel or a variable. PromQL that
// uses a dashboard variable is refused: how values enter an expression is
// decided in the frontend alone.
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
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if fields.Expr != "" && v.text(fields.Expr) != fields.Expr {
		return nil, fmt.Errorf("expr: the host fills dashboard variables into catalog queries only: %s", fields.Expr)
	}
	for _, key := range []string{"metric", "label", "param", "window", "interval", "legendFormat", "title", "text"} {
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
	return target, nil
}
