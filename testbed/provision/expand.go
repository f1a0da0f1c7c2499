package provision

import (
	"errors"
	"fmt"
	"os"
)

// expander fills `$VAR` and `${VAR}` in the values that Grafana interpolates,
// writes a literal `$` for `$$`, and collects what could not be filled. Values
// that Grafana takes as written (annotations, a query's model) never come here.
type expander struct {
	file string
	env  Env
	errs []error
}

// text expands s in place; key names the value in an error.
func (e *expander) text(key string, s *string) {
	*s = os.Expand(*s, func(name string) string {
		if name == "$" {
			return "$"
		}
		value, set := e.env(name)
		if !set {
			e.errs = append(e.errs, fmt.Errorf("%s: %s: the environment variable %q is not set (write $$ for a dollar sign)", e.file, key, name))
		}
		return value
	})
}

// tree expands every string below v, which is what yaml decodes into an any.
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
