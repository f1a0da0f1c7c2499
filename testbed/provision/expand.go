package provision

import (
	"errors"
	"fmt"
	"os"
)

// expander replaces `$VAR` and `${VAR}` in the values that Grafana interpolates, and
// `$$` by a dollar sign. It collects errors for unset variables. It isn't used for
// values that Grafana doesn't interpolate, such as annotations and models.
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

// tree expands every string in v, a value that yaml decoded into an any.
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
