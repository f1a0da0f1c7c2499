package query

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// TestTemplatesAreBounded: a legend of 100 KB would take 1 GB for 10,000 series.
func TestTemplatesAreBounded(t *testing.T) {
	long := strings.Repeat("x", maxTemplate+1)
	for _, test := range []struct {
		name   string
		fields map[string]any
		want   string
	}{
		{"legend", map[string]any{"legendFormat": long}, "The legend has 1025 bytes. The limit is 1024. Shorten it."},
		{"title", map[string]any{"queryType": "annotation", "title": long}, "The annotation's title has 1025 bytes"},
		{"text", map[string]any{"queryType": "annotation", "text": long}, "The annotation's text has 1025 bytes"},
		{"long tag", map[string]any{"queryType": "annotation", "tags": []string{"a", long}}, "A tag of the annotation has 1025 bytes"},
		{"many tags", map[string]any{"queryType": "annotation", "tags": strings.Split(strings.Repeat("a ", maxTags), " ")}, "The annotation has 101 tags. The limit is 100. Remove some."},
		{"texts at the limit", map[string]any{"queryType": "annotation", "legendFormat": long[1:], "title": long[1:], "text": long[1:], "tags": []string{long[1:]}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.fields["expr"] = "up"
			data, err := json.Marshal(test.fields)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(data, source())
			if test.want == "" && err != nil || test.want != "" && (err == nil || fault.As(err).Kind != fault.BadQuery || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
