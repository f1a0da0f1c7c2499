package rest

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// input is the parsed query string of a request.
type input url.Values

// parseInput parses the query string of a request and checks the request's path. An invalid
// parameter is an error: if it were ignored, the request would select other data.
func parseInput(r *http.Request) (input, error) {
	switch query := r.URL.RawQuery; {
	case !utf8.ValidString(r.URL.Path):
		return nil, fault.New(fault.BadQuery, "The path %q is not valid UTF-8. Percent-encode names as UTF-8.", fault.ClipName(r.URL.Path))
	case len(r.URL.Path) > maxPathBytes:
		return nil, fault.New(fault.BadQuery, "The path has %d bytes. The limit is %d. Use a shorter name.", len(r.URL.Path), maxPathBytes)
	case len(query) > maxQueryBytes:
		return nil, fault.New(fault.BadQuery, "The query string has %d bytes. The limit is %d. Use fewer values.", len(query), maxQueryBytes)
	}
	in, err := parseParams("query string", r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	for _, name := range in.names() {
		for _, value := range in[name] {
			if len(value) > maxValueBytes {
				return nil, tooLong(name, value)
			}
		}
	}
	return in, nil
}

// parseParams parses URL-encoded parameters. The error calls them by the given name.
func parseParams(what, text string) (input, error) {
	if strings.Count(text, "&") >= maxQueryParams {
		return nil, fault.New(fault.BadQuery, "The %s has more than %d parameters. Use fewer values.", what, maxQueryParams)
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, fault.New(fault.BadQuery, "The %s is invalid: %v. Write ; and %% in a value as %%3B and %%25.", what, err)
	}
	in := input(values)
	for _, name := range in.names() {
		for _, value := range append([]string{name}, values[name]...) {
			if !utf8.ValidString(value) {
				return nil, badParameter(strings.ToValidUTF8(name, "\uFFFD"), "", "The parameter %q is not valid UTF-8. Percent-encode its name and values as UTF-8.", fault.ClipName(name))
			}
		}
	}
	return in, nil
}

// names returns the sorted names of the parameters, so that errors are deterministic.
func (in input) names() []string { return slices.Sorted(maps.Keys(in)) }

// text returns the value of a parameter that may be set once. It returns "" if the
// parameter isn't set.
func (in input) text(name string) (string, error) {
	list := in[name]
	switch {
	case len(list) == 0:
		return "", nil
	case len(list) > 1:
		return "", badParameter(name, list[1], "%s is set %d times. Set it once.", name, len(list))
	}
	return list[0], nil
}

// texts returns the values of several parameters by their names.
func (in input) texts(names ...string) (map[string]string, error) {
	texts := map[string]string{}
	for _, name := range names {
		text, err := in.text(name)
		if err != nil {
			return nil, err
		}
		texts[name] = text
	}
	return texts, nil
}

func tooLong(name, value string) error {
	return badParameter(name, value, "%s has a value of %d bytes. The limit is %d. Use a shorter value.", fault.ClipName(name), len(value), maxValueBytes)
}

// checkValues returns an error if a parameter has no value. It ignores the parameters in the
// list except. Without the error, a client that forgets a value would get the data of all
// values.
func (in input) checkValues(except ...string) error {
	for _, name := range in.names() {
		if !slices.Contains(except, name) && slices.Contains(in[name], "") {
			return badParameter(name, "", "%s has no value. Set a value, or omit the parameter.", fault.ClipName(name))
		}
	}
	return nil
}

// checkNames returns an error if there are parameters other than those named.
func (in input) checkNames(names ...string) error {
	for _, name := range in.names() {
		if slices.Contains(names, name) {
			continue
		}
		takes := "It takes none."
		if len(names) > 0 {
			takes = "It takes " + strings.Join(names, ", ") + "."
		}
		return &detailed{
			fault.New(fault.BadQuery, "This route has no parameter %q. %s", fault.ClipName(name), takes),
			details{"parameter": fault.ClipName(name), "allowedParameters": orEmpty(names)},
		}
	}
	return nil
}

// unreservedParams returns the parameters whose names aren't in catalog.Reserved. They should
// be parameters of the metric. A repeated parameter has several values.
func (in input) unreservedParams() catalog.Params {
	out := catalog.Params{}
	for _, name := range in.names() {
		if slices.Contains(catalog.Reserved, name) {
			continue
		}
		out[name] = catalog.Param{Values: in[name]}
	}
	return out
}

// metricParams returns all parameters except for those of the route. A parameter whose name is
// in catalog.Reserved is included if it isn't one of the route's parameters, so that the
// caller reports it as unknown.
func (in input) metricParams(ofRoute ...string) catalog.Params {
	params := in.unreservedParams()
	for _, name := range catalog.Reserved {
		if list, given := in[name]; given && !slices.Contains(ofRoute, name) {
			params[name] = catalog.Param{Values: list}
		}
	}
	return params
}

// page returns the parameters limit and offset, or their defaults.
func (in input) page() (limit, offset int, err error) {
	if limit, err = in.number("limit", 1, maxItems, defaultItems); err != nil {
		return 0, 0, err
	}
	offset, err = in.number("offset", 0, maxOffset, 0)
	return limit, offset, err
}

// number returns an integer parameter, or the fallback if the parameter is missing or empty.
func (in input) number(name string, minimum, maximum, fallback int) (int, error) {
	text, err := in.text(name)
	if err != nil || text == "" {
		return fallback, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < minimum || n > maximum {
		return 0, badParameter(name, text, "%s is %q. Write a whole number from %d to %d.", name, fault.ClipName(text), minimum, maximum)
	}
	return n, nil
}

// parse waits until the budget allows parsing an input of the size of the request, and then
// calls f, which parses it.
func (a api) parse(r *http.Request, f func() error) error {
	return a.Budget.Parse(r.Context(), len(r.URL.RawQuery)+int(max(r.ContentLength, 0)), f)
}

// readBody reads the body of a request. A body of more than maxBytes is an error.
func readBody(r *http.Request, maxBytes int64) ([]byte, error) {
	if r.Body == nil { // in tests
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBytes+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.BadQuery, "The request's body could not be read: %v.", err)
	case int64(len(text)) > maxBytes:
		return nil, fault.New(fault.BadQuery, "The request's body is larger than %d MiB, which is the limit. Shorten it.", maxBytes>>20)
	}
	return text, nil
}
