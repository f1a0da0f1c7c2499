package settings

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestListsOverBoundsAreProblems(t *testing.T) {
	long := strings.Repeat("x", 1_000_000)
	link := func(field, value string) map[string]any {
		return map[string]any{"exemplarTraceIdDestinations": []any{map[string]string{"name": "trace_id", field: value}, map[string]string{"name": "kept"}}}
	}
	for _, test := range []struct {
		name         string
		settings     map[string]any
		packs, links int    // numbers in the resulting settings
		want         string // contained in the problem; "" means no problem
	}{
		{"disabled packs", map[string]any{"disabledPacks": many(maxDisabledPacks, "p%d")}, maxDisabledPacks, 0, ""},
		{"too many disabled packs", map[string]any{"disabledPacks": many(100_000, "p%d")}, 0, 0, "(disabledPacks)"},
		{"too many disabled packs in a string", map[string]any{"disabledPacks": strings.Join(many(100_000, "p%d"), ",")}, 0, 0, "(disabledPacks)"},
		{"long pack name", map[string]any{"disabledPacks": []string{long}}, 0, 0, "(disabledPacks)"},
		{"trace links", map[string]any{"exemplarTraceIdDestinations": make([]struct{}, maxTraceLinks)}, 0, maxTraceLinks, ""},
		{"too many trace links", map[string]any{"exemplarTraceIdDestinations": make([]struct{}, 100_000)}, 0, maxTraceLinks, "(exemplarTraceIdDestinations)"},
		{"long label", link("name", long), 0, 1, "(exemplarTraceIdDestinations)"},
		{"long URL", link("url", long), 0, 1, "(exemplarTraceIdDestinations)"},
		{"long title", link("urlDisplayLabel", long), 0, 1, "(exemplarTraceIdDestinations)"},
		{"long uid", link("datasourceUid", long), 0, 1, "(exemplarTraceIdDestinations)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, problems, err := Load("http://prometheus:9090", jsonData(t, test.settings))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.DisabledPacks) != test.packs || len(s.TraceLinks) != test.links {
				t.Errorf("got %d packs and %d links, want %d and %d", len(s.DisabledPacks), len(s.TraceLinks), test.packs, test.links)
			}
			if test.want == "" && len(problems) > 0 || test.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, test.want)) {
				t.Errorf("problems: %v", problems)
			}
			for _, problem := range problems {
				if len(problem.Text) > 500 {
					t.Errorf("the problem has %d bytes", len(problem.Text))
				}
			}
		})
	}
}

func TestCredentialsOverBoundsAreErrors(t *testing.T) {
	long := strings.Repeat("x", 1_000_000)
	headers := map[string]any{}
	for i := range maxHeaders + 1 {
		headers[fmt.Sprintf("httpHeaderName%d", i+1)] = fmt.Sprintf("X-%d", i)
	}
	load := func(url string, settings map[string]any) error {
		_, _, err := Load(url, jsonData(t, settings))
		return err
	}
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"headers", load("http://p", headers), "custom HTTP headers exceed the limit of 100"},
		{"header name", load("http://p", map[string]any{"httpHeaderName1": long}), "httpHeaderName1 has 1000000 bytes. The limit is 4096"},
		{"user", load("http://p", map[string]any{"basicAuthUser": long}), "basicAuthUser has 1000000 bytes"},
		{"URL", load("http://"+long, nil), "URL has 1000007 bytes. The limit is 8192"},
		{"header value", CheckHeader(http.Header{"X-A": {long}}), "have 1000003 bytes in total. The limit is 65536"},
		{"many header values", CheckHeader(http.Header{"X-A": many(100_000, "%d")}), "bytes in total"},
		{"encrypted settings", CheckSecrets(secrets(maxSecrets+1, "x")), "number of encrypted settings is 201. The limit is 200"},
		{"encrypted values", CheckSecrets(secrets(2, long)), "bytes in total. The limit is 1048576"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if f := fault.As(test.err); test.err == nil || f.Kind != fault.Misconfigured || !strings.Contains(f.Text, test.want) || len(f.Text) > 500 {
				t.Errorf("got %.500v, want %q", test.err, test.want)
			}
		})
	}
	delete(headers, "httpHeaderName1")
	for _, err := range []error{
		load("http://p", headers),
		CheckHeader(http.Header{"X-A": {strings.Repeat("x", 8_000)}}),
		CheckSecrets(secrets(maxSecrets, "x")),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

func many(n int, format string) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(format, i)
	}
	return texts
}

func secrets(n int, value string) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprintf("httpHeaderValue%d", i+1)] = value
	}
	return all
}

func jsonData(t *testing.T, settings map[string]any) []byte {
	t.Helper()
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
