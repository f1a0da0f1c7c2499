package negotiate

import (
	"strings"
	"testing"
)

var offers = []Offer{
	{Name: "json", Type: "application", Subtype: "json"},
	{Name: "csv", Type: "text", Subtype: "csv"},
	{Name: "text", Type: "text", Subtype: "plain", Params: map[string]string{"version": "0.0.4"}},
}

func TestChoose(t *testing.T) {
	for _, test := range []struct{ accept, want string }{ // want is "" if no offer is accepted
		{"", "json"},
		{" ", "json"},
		{"*/*", "json"},
		{"*", "json"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"},
		{"application/json", "json"},
		{"APPLICATION/JSON", "json"},
		{"application/*", "json"},
		{"text/*", "csv"},
		{"text/csv", "csv"},
		{"text/csv;header=present", "csv"},
		{"text/csv, */*", "csv"},
		{"text/plain", "text"},
		{"text/plain; version=0.0.4", "text"},
		{`text/plain; version="0.0.4"; charset=utf-8`, "text"},
		{"text/plain; version=1.0.0", ""},
		{"text/plain; version=1.0.0, text/plain;q=0.1", "text"},
		{"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1", "text"},
		{"application/json;q=0.2, text/csv;q=0.8, text/plain;q=0.5", "csv"},
		{"application/json;q=0.5, text/csv;q=0.5", "json"},
		{"application/json;q=0, */*", "csv"},
		{"application/json;q=0, text/*;q=0, */*", ""},
		{"text/*;q=0.9, text/csv;q=0.1", "text"},
		{"text/csv;q=0", ""},
		{"text/csv;q=0.000", ""},
		{"text/html", ""},
		{"image/*", ""},
		{"text/csv;q=2", ""},
		{"text/csv;q=-1", ""},
		{"text/csv;q=NaN", ""},
		{"text/csv;q=x", ""},
		{"*/*;q=2", ""},
		{"text", ""},
		{"/", ""},
		{"text/", ""},
		{";;;,,,", ""},
		{"text/csv/plain", ""},
		{"text/html\ttext/csv", ""},
		{"\ttext/csv\t;\tq=1", "csv"},
		{strings.Repeat("a/b,", 2000) + "text/csv", "csv"},
	} {
		name, found := Choose([]string{test.accept}, offers)
		if name != test.want || found != (test.want != "") {
			t.Errorf("%.100q: got %q, want %q", test.accept, name, test.want)
		}
	}
	if name, _ := Choose([]string{"text/html", "text/csv;q=0.1"}, offers); name != "csv" {
		t.Errorf("two headers: got %q", name)
	}
}
