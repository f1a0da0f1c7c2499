package labelname

import "testing"

func TestUnescapeReversesEscape(t *testing.T) {
	for _, name := range []string{"job", "k8s.pod.name", "a/b", "größe", "U__a", "U__a_2e_b", "U__", "a__b.c", "\U0001f600", "1st", ".."} {
		if got := Unescape(escape(name)); got != name {
			t.Errorf("%s: %s is unescaped as %s", name, escape(name), got)
		}
	}
}
