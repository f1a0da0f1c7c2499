package rest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// partialBody is the response of a server that could not read all of its storage, and that
// truncated the list.
const partialBody = `{"status":"success","data":["a","b"],"isPartial":true,` +
	`"warnings":["store is down","results truncated due to limit","PromQL info: i"],"infos":["j"]}`

const partialWarning = "This result is partial: the server could not read all of its storage."

// TestWarningsOfLists checks the warnings of a list. There is only one warning about truncation,
// even if both the server and the plugin truncate the list.
func TestWarningsOfLists(t *testing.T) {
	want := []string{"store is down", "results truncated due to limit", partialWarning}
	for _, test := range []struct{ target, data string }{
		{"/api/v1/labels", `["a","b"]`},
		{"/api/v1/labels?limit=1", `["a","b"]`},
		{"/api/v1/label/job/values", `["a","b"]`},
		{"/api/v1/label/job/values?limit=1", `["a","b"]`},
		{"/api/v1/series?match[]=up", `[{"a":"b"}]`},
		{"/api/v1/series?match[]=up&limit=1", `[{"a":"b"},{"a":"c"}]`},
		{"/api/v1/metadata", `{}`},
		{"/api/v1/metadata?limit=1", `{}`},
	} {
		handler, _ := server(t, strings.Replace(partialBody, `["a","b"]`, test.data, 1))
		got := read[struct{ Warnings, Infos []string }](t, get(handler, test.target))
		if slices.Sort(got.Warnings); !slices.Equal(got.Warnings, slices.Sorted(slices.Values(want))) || !slices.Equal(got.Infos, []string{"PromQL info: i", "j"}) {
			t.Errorf("%s: warnings %q, infos %q", test.target, got.Warnings, got.Infos)
		}
	}
}

// TestWarningsOfParamValues: a list that the server truncated has no total.
func TestWarningsOfParamValues(t *testing.T) {
	handler, _ := server(t, partialBody)
	want := []string{partialWarning, "store is down"}
	page := read[valuesPage](t, get(handler, "/catalog/total_models/values/workspace"))
	if !page.Truncated || page.Total != nil || !slices.Equal(page.Warnings, want) {
		t.Errorf("got %+v", page)
	}
	param := read[restjson.Explanation](t, get(handler, "/api/metrics/total_models/explain")).Parameters[0]
	if !param.Truncated || !slices.Equal(param.Warnings, want) {
		t.Errorf("got %+v", param)
	}
}

// TestWarningOfPartialLookup checks the warning of a partial result. Without this warning, a
// client can't distinguish a partial result from a complete one.
func TestWarningOfPartialLookup(t *testing.T) {
	handler, _ := server(t, `{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]},"warnings":["PromQL info: i"]}`)
	w := get(handler, "/api/metrics/total_models")
	var got struct{ Warnings, Infos []string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || fmt.Sprint(got) != fmt.Sprint(struct{ Warnings, Infos []string }{[]string{partialWarning}, []string{"PromQL info: i"}}) {
		t.Errorf("%v: %s", err, w.Body)
	}
}
