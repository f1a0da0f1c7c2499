package errortext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFromBody(t *testing.T) {
	for _, test := range []struct{ name, contentType, body, want string }{
		{"empty", "", "", ""},
		{"white space", "text/plain", " \r\n\t", ""},
		{"plain text", "text/plain", "404 page not found\n", "404 page not found"},
		{"several lines", "text/plain", "upstream failed\r\n\r\n  at line 3\n", "upstream failed at line 3"},
		{"comparisons in plain text", "text/plain", "a <b and c> d", "a <b and c> d"},
		{"NUL bytes", "text/plain", "the disk is full\x00\x00", "the disk is full"},
		{"terminal colors", "text/plain", "\x1b[31mFATAL\x1b[0m: no memory", "FATAL: no memory"},
		{"text direction", "text/plain", "pay\u202eload\u200b", "payload"},
		{"binary data", "application/octet-stream", "\x00\x01\x02\x03\x04\x05\x06\x07", "8 bytes that are not text"},

		{"Latin-1", "text/html;charset=iso-8859-1", "<h1>Zugriff verweigert f\xfcr Sie</h1>", "Zugriff verweigert für Sie"},
		{"GBK", "text/plain; charset=gbk", "\xb7\xfe\xce\xf1\xc6\xf7\xb4\xed\xce\xf3", "服务器错误"},
		{"Shift JIS in a meta element", "text/html", "<meta charset=Shift_JIS><h1>\x83\x47\x83\x89\x81\x5b</h1>", "エラー"},
		{"UTF-16 with a byte order mark", "", "\xff\xfeN\x00o\x00", "No"},
		{"UTF-8 with a byte order mark", "", "\ufeffNo", "No"},
		{"unknown charset", "text/plain; charset=klingon", "denied f\xfcr", "denied für"},
		{"invalid UTF-8 with charset utf-8", "text/plain; charset=utf-8", "denied f\xfcr", "denied f\ufffdr"},

		{
			"nginx", "text/html",
			"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>",
			"502 Bad Gateway. nginx/1.25.3",
		},
		{
			"login page", "text/html; charset=utf-8",
			"<!doctype html><html><head><style>a{b:c}</style><script>var x = '<p>no';</script><title>Sign in &amp; go</title></head><body><noscript>Turn on JavaScript</noscript><form><label>User</label> <b>na</b>me: <input></form></body>",
			"Sign in & go. User. name:",
		},
		{"page without Content-Type", "", "\n<!DOCTYPE html><h1>Maintenance until 5 pm!</h1><p>Sorry", "Maintenance until 5 pm! Sorry"},
		{"unclosed tag", "text/html", "<p>Down <b", "Down"},
		{"XML of object storage", "application/xml", `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message><![CDATA[No <access>]]></Message></Error>`, "AccessDenied. No <access>"},

		{"Prometheus", "application/json", `{"status":"error","errorType":"bad_data","error":"parse error"}`, "bad_data: parse error"},
		{"message", "application/json", `{"message":"Data source not found","traceID":"0"}`, "Data source not found"},
		{"error", "application/json", `{"error":"no such tenant"}`, "no such tenant"},
		{"nested error", "application/json", `{"error":{"code":403,"message":"Caller lacks permission","status":"PERMISSION_DENIED"}}`, "Caller lacks permission"},
		{"detail", "", `{"detail":"Not authenticated"}`, "Not authenticated"},
		{"FastAPI validation", "", `{"detail":[{"loc":["query"],"msg":"field required"},{"loc":["end"],"msg":"not a number"}]}`, "field required; not a number"},
		{"RFC 7807", "application/problem+json", `{"type":"about:blank","title":"You do not have enough credit.","status":403,"detail":"Your balance is 30."}`, "You do not have enough credit: Your balance is 30."},
		{"OAuth", "", `{"error":"invalid_token","error_description":"The token expired"}`, "invalid_token: The token expired"},
		{"Spring", "", `{"timestamp":1,"status":404,"error":"Not Found","message":"No message available","path":"/x"}`, "Not Found: No message available"},
		{"Kubernetes", "", `{"kind":"Status","status":"Failure","message":"services \"x\" is forbidden","reason":"Forbidden","code":403}`, `services "x" is forbidden`},
		{"GraphQL", "", `{"errors":[{"message":"one"},{"message":"two"}]}`, "one; two"},
		{"errors by field", "", `{"errors":{"query":["is too long","is empty"],"end":"is before the start"}}`, "end: is before the start; query: is too long; is empty"},
		{"objects by field", "", `{"errors":{"step":{"message":"too small","code":7}}}`, "step: too small"},
		{"errors by field under a title", "", `{"title":"Invalid request","status":400,"errors":{"time":["not a time"]}}`, "Invalid request: time: not a time"},
		{"many fields", "", `{"errors":{"d":"4","c":"3","b":"2","a":"1"}}`, "a: 1; b: 2; c: 3"},
		{"fields without text", "", `{"errors":{"a":1}}`, `{"errors":{"a":1}}`},
		{"API gateway", "", `{"Message":"User is not authorized"}`, "User is not authorized"},
		{"boolean error", "", `{"error":true,"msg":"over quota"}`, "over quota"},
		{"HTML in JSON", "", `{"message":"<html><title>Bad</title></html>"}`, "Bad"},
		{"string", "application/json", `"forbidden"`, "forbidden"},
		{"JSON without known fields", "application/json", `{"code": 7,
			"ok": false}`, `{"code": 7, "ok": false}`},
		{"incomplete JSON", "application/json", `{"message":"Too many`, `{"message":"Too many`},
		{"data after JSON", "", `{"message":"no"}` + "\ntrailer", "no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := FromBody(test.contentType, []byte(test.body), true); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestFromBodyDropsLastWordOfIncompleteBody(t *testing.T) {
	if got := FromBody("text/plain", []byte("no access for token-in-a-hea"), false); got != "no access for" {
		t.Errorf("got %q", got)
	}
}

func TestClip(t *testing.T) {
	if got := Clip(strings.Repeat("é", MaxText+1)); got != strings.Repeat("é", MaxText)+"…" {
		t.Errorf("got %q", got)
	}
	if got := Clip("no. "); got != "no" {
		t.Errorf("got %q", got)
	}
}

// FuzzFromBody checks that the text of any body is one line of valid UTF-8 without control
// characters.
func FuzzFromBody(f *testing.F) {
	for _, seed := range []string{"", "<a<b>", `{"error":{"message":["x"]}}`, "\xff\xfe\x00", "<![CDATA[", "\x1b[31m", "token=abc"} {
		f.Add("text/html; charset=gbk", seed)
		f.Add("", seed)
	}
	mask := NewMasker([]Secret{{"password", "a\x00b"}, {"X-Scope", "tenant-1"}})
	f.Fuzz(func(t *testing.T, contentType, body string) {
		for _, complete := range []bool{true, false} {
			text := Clip(mask.Mask(FromBody(contentType, []byte(body), complete)))
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > MaxText+1 || strings.Contains(text, "tenant-1") {
				t.Errorf("got %q", text)
			}
		}
	})
}
