package provision

import (
	"errors"
	"fmt"
	"os"
)

// expander replaces `$VAR` and `${VAR}` by the value of the environment variable, and
// `$$` by a dollar sign. It collects errors for unset variables. It is used for the values
// that Grafana expands, so not for the annotations of rules and the field model of queries.
type expander struct {
	file string
	env  Env
	errs []error
}

// text expands s in place. key identifies the value in an error.
func (e *expander) text(key string, s *string) {
	*s = os.Expand(*s, func(name string) string {
		if name == "$" {
			return "$"
		}
		value, set := e.env(name)
		if !set {
			e.errs = append(e.errs, fmt.Errorf("%s: %s: the environment variable %q is not set; write $$ for a dollar sign", e.file, key, name))
		}
		return value
	})
}

// tree returns v, a YAML value of any type, with every string in it expanded.
func (e *expander) tree(key string, v any) any {
	switch v := v.(type) {
	case string:
		e.text(key, &v)
		return v
	case map[string]any:
		for name, child := range v {
			v[name] = e.tree(key+"."+name, child)
		}
		return v
	case []any:
		for i, child := range v {
			v[i] = e.tree(fmt.Sprintf("%s[%d]", key, i), child)
		}
		return v
	default:
		return v
	}
}

func (e *expander) err() error { return errors.Join(e.errs...) }
