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

// input is a request's query string.
type input url.Values

// inputOf reads a query string. An invalid one is refused as a whole: without its
// invalid parameters it would select other data. So is a path that isn't UTF-8, which no
// name can be.
func inputOf(r *http.Request) (input, error) {
	switch query := r.URL.RawQuery; {
	case !utf8.ValidString(r.URL.Path):
		return nil, fault.New(fault.BadQuery, "The path %q is not valid UTF-8. Percent-encode names as UTF-8.", clip(r.URL.Path))
	case len(r.URL.Path) > maxPathBytes:
		return nil, fault.New(fault.BadQuery, "The path has %d bytes: it may have %d.", len(r.URL.Path), maxPathBytes)
	case len(query) > maxQueryBytes:
		return nil, fault.New(fault.BadQuery, "The query string has %d bytes: it may have %d. Give fewer values.", len(query), maxQueryBytes)
	case strings.Count(query, "&") >= maxQueryParams:
		return nil, fault.New(fault.BadQuery, "The query string has more than %d parameters. Give fewer values.", maxQueryParams)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fault.New(fault.BadQuery, "The query string can't be read: %v. Write ; and %% in a value as %%3B and %%25.", err)
	}
	in := input(values)
	for _, name := range in.names() {
		for _, value := range append([]string{name}, values[name]...) {
			if !utf8.ValidString(value) {
				return nil, badParameter(strings.ToValidUTF8(name, "\uFFFD"), "", "The query string's %q is not valid UTF-8.", clip(name))
			}
		}
	}
	return in, nil
}

// names are those given, sorted, so that the same request is refused for the
// same reason.
func (in input) names() []string { return slices.Sorted(maps.Keys(in)) }

// text returns the value of a parameter that is given once or not at all, which
// is "".
func (in input) text(name string) (string, error) {
	list := in[name]
	switch {
	case len(list) == 0:
		return "", nil
	case len(list) > 1:
		return "", badParameter(name, list[1], "%s is given %d times: give it once.", name, len(list))
	case len(list[0]) > maxValueBytes:
		return "", tooLong(name, list[0])
	}
	return list[0], nil
}

func tooLong(name, value string) error {
	return badParameter(name, value, "%s has a value of %d bytes: it may have %d.", clip(name), len(value), maxValueBytes)
}

// filled refuses parameters without a value, but for those named. A client that
// failed to fill one in would otherwise be answered with everything.
func (in input) filled(except ...string) error {
	for _, name := range in.names() {
		if !slices.Contains(except, name) && slices.Contains(in[name], "") {
			return badParameter(name, "", "%s is given without a value: give it one, or leave it out.", clip(name))
		}
	}
	return nil
}

// only refuses parameters other than those named, where none are a metric's own.
func (in input) only(names ...string) error {
	for _, name := range in.names() {
		if slices.Contains(names, name) {
			continue
		}
		takes := "It takes none."
		if len(names) > 0 {
			takes = "It takes " + strings.Join(names, ", ") + "."
		}
		return &detailed{
			fault.New(fault.BadQuery, "This route has no parameter %q. %s", clip(name), takes),
			details{"parameter": clip(name), "allowedParameters": orEmpty(names)},
		}
	}
	return nil
}

// params are the metric's own parameters, those that aren't reserved; one that is
// repeated has several values.
func (in input) params() (catalog.Params, error) {
	out := catalog.Params{}
	for _, name := range in.names() {
		if slices.Contains(catalog.Reserved, name) {
			continue
		}
		for _, value := range in[name] {
			if len(value) > maxValueBytes {
				return nil, tooLong(name, value)
			}
		}
		out[name] = catalog.Param{Values: in[name]}
	}
	return out, nil
}

// paramsBeside are params, where the reserved names that the route doesn't take
// are refused like any other that the metric doesn't have.
func (in input) paramsBeside(own ...string) (catalog.Params, error) {
	params, err := in.params()
	if err != nil {
		return nil, err
	}
	for _, name := range catalog.Reserved {
		if list, given := in[name]; given && !slices.Contains(own, name) {
			params[name] = catalog.Param{Values: list}
		}
	}
	return params, nil
}

// page reads limit and offset.
func (in input) page() (limit, offset int, err error) {
	if limit, err = in.number("limit", 1, maxItems, defaultItems); err != nil {
		return 0, 0, err
	}
	offset, err = in.number("offset", 0, maxOffset, 0)
	return limit, offset, err
}

// number returns an integer parameter, or the fallback if the parameter is missing.
func (in input) number(name string, minimum, maximum, fallback int) (int, error) {
	text, err := in.text(name)
	if err != nil || text == "" {
		return fallback, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < minimum || n > maximum {
		return 0, badParameter(name, text, "%s is %q: write a whole number from %d to %d.", name, clip(text), minimum, maximum)
	}
	return n, nil
}

// parse calls do, which parses what the request holds, once it is its turn.
func (a api) parse(r *http.Request, do func() error) error {
	return a.Budget.Parse(r.Context(), len(r.URL.RawQuery)+int(max(r.ContentLength, 0)), do)
}

// bodyOf reads the body of a request. A body of more than maxBytes is an error.
func bodyOf(r *http.Request, maxBytes int64) ([]byte, error) {
	if r.Body == nil { // as a request made by hand may have it
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBytes+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.BadQuery, "The request's body can't be read: %v.", err)
	case int64(len(text)) > maxBytes:
		return nil, fault.New(fault.BadQuery, "The request's body is larger than %d MiB.", maxBytes>>20)
	}
	return text, nil
}
