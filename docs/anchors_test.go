package docs

import "testing"

func TestAnchors(t *testing.T) {
	page := Anchors{}
	for _, c := range []struct{ heading, want string }{
		{"How to read a page", "#how-to-read-a-page"},
		{"inference_error_ratio", "#inference_error_ratio"},
		{"Latency (p95), s", "#latency-p95-s"},
		{"up", "#up"},
		{"up", "#up-1"},
		{"UP", "#up-2"},
	} {
		if got := page.Next(c.heading); got != c.want {
			t.Errorf("the heading %q is %s, want %s", c.heading, got, c.want)
		}
	}
}
