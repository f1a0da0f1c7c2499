package upstream

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// kinds maps the values of the label kind to functions that send the responses.
var kinds = map[string]func(*exchange){
	"good":    good,
	"answer":  answer,
	"echo":    echo,
	"raw":     raw,
	"silent":  silent,
	"trickle": trickle,
	"gzip":    compressed,
	"bomb":    bomb,
	"endless": endless,
	"busy":    busy,
}

// answer sends the response that the settings describe: status, body, content_type,
// content_encoding, retry_after and location.
func answer(e *exchange) {
	for setting, name := range map[string]string{"content_type": "Content-Type", "content_encoding": "Content-Encoding", "retry_after": "Retry-After", "location": "Location"} {
		if value := e.fault[setting]; value != "" {
			e.Header().Set(name, value)
		}
	}
	if status := e.fault.number("status"); status > 0 {
		e.WriteHeader(status)
	}
	_, _ = io.WriteString(e, e.fault["body"])
}

// echo responds with a status and everything that the client sent.
func echo(e *exchange) {
	e.WriteHeader(e.fault.number("status"))
	_, _ = fmt.Fprintf(e, "%s\n%s\n%v\n%v\n", e.request.URL, e.request.Form.Encode(), e.request.Form, e.request.Header)
}

// raw writes the value of the setting "body" to the connection. The setting "end" selects how
// the connection ends: "close" (the default) closes it, "reset" resets it, and "stay" waits
// until the client closes it.
func raw(e *exchange) {
	hijacker, ok := e.ResponseWriter.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, e.fault["body"])
	switch e.fault["end"] {
	case "reset":
		time.Sleep(20 * time.Millisecond) // so that the body arrives first
		if c, ok := conn.(interface{ SetLinger(sec int) error }); ok {
			_ = c.SetLinger(0)
		}
	case "stay":
		_, _ = io.Copy(io.Discard, conn)
	}
}

// silent never responds.
func silent(e *exchange) { <-e.request.Context().Done() }

// trickle sends a response slowly, byte by byte, and doesn't end it. The settings "status" and
// "body" describe the response. Without a status, trickle sends the response of good.
func trickle(e *exchange) {
	const pause = 20 * time.Millisecond
	flusher, _ := e.ResponseWriter.(http.Flusher)
	var text bytes.Buffer
	if status := e.fault.number("status"); status > 0 {
		e.WriteHeader(status)
		text.WriteString(e.fault["body"])
	} else {
		writeGood(&text, e)
	}
	for _, c := range text.Bytes() {
		if _, err := e.Write([]byte{c}); err != nil {
			return
		}
		flusher.Flush()
		select {
		case <-time.After(pause):
		case <-e.request.Context().Done():
			return
		}
	}
	<-e.request.Context().Done()
}

// compressed sends a gzip response that is damaged. The setting "damage" selects how: "cut"
// truncates the response, "checksum" changes the checksum, and "bytes" changes bytes in the
// middle.
func compressed(e *exchange) {
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	writeGood(z, e)
	_ = z.Close()
	body := text.Bytes()
	switch e.fault["damage"] {
	case "cut":
		body = body[:len(body)/2]
	case "checksum":
		body[len(body)-8] ^= 0xff
	case "bytes":
		for i := len(body) / 2; i < len(body)/2+8; i++ {
			body[i] = 0xff
		}
	}
	e.Header().Set("Content-Encoding", "gzip")
	_, _ = e.Write(body)
}

// bombSize is the decompressed size of the gzip bomb. Its compressed size is about 60 KiB.
const bombSize = 64 << 20

var bombs = sync.OnceValue(func() []byte {
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	_, _ = io.WriteString(z, `{"status":"success","data":{"resultType":"matrix","result":[`)
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range bombSize / len(spaces) {
		_, _ = z.Write(spaces)
	}
	_ = z.Close()
	return text.Bytes()
})

func bomb(e *exchange) {
	e.Header().Set("Content-Encoding", "gzip")
	_, _ = e.Write(bombs())
}

// busy responds with status 429 and a date in the header Retry-After. Once the date is
// reached, it responds without a fault. The header can't contain fractions of a second.
// Therefore busy delays the first response until 0.6 seconds after a full second, and sets the
// date to 1.4 seconds later, which is a full second.
func busy(e *exchange) {
	e.tally.once.Do(func() {
		now := time.Now()
		moment := now.Truncate(time.Second).Add(600 * time.Millisecond)
		if moment.Before(now) {
			moment = moment.Add(time.Second)
		}
		time.Sleep(time.Until(moment))
		e.tally.until = moment.Add(1400 * time.Millisecond)
	})
	if time.Now().Before(e.tally.until) {
		e.Header().Set("Retry-After", e.tally.until.UTC().Format(http.TimeFormat))
		e.WriteHeader(http.StatusTooManyRequests)
		return
	}
	good(e)
}

// endless sends an endless response until the client disconnects. The setting "of" selects
// the text that is repeated.
func endless(e *exchange) {
	const (
		open = `{"status":"success","data":{"resultType":"matrix","result":[`
		list = `{"status":"success","data":["a"`
	)
	part := map[string]struct{ begin, again string }{
		"series":  {open + `{"metric":{},"values":[]}`, `,{"metric":{"a":"1"},"values":[[1,"1"],[2,"2"]]}`},
		"samples": {open + `{"metric":{},"values":[[0,"0"]`, `,[1700000000,"0.12345678901234567"]`},
		"labels":  {open + `{"metric":{"a":"1"`, `,"b":"2"`},
		"text":    {open + `{"metric":{"a":"`, `and so on, `},
		"space":   {open, " "},
		"depth":   {open, "["},
		"buckets": {open + `{"metric":{},"histograms":[[1,{"count":"1","sum":"1","buckets":[[0,"1","2","3"]`, `,[0,"1","2","3"]`},
		"names":   {list, `,"b"`},
		"a name":  {list + `,"`, `and so on, `},
		"spaces":  {list, " "}, // in a list
	}[e.fault["of"]]
	if _, err := io.WriteString(e, part.begin); err != nil {
		return
	}
	const size = 32 << 10
	block := []byte(strings.Repeat(part.again, size/len(part.again)))
	for {
		if _, err := e.Write(block); err != nil {
			return
		}
	}
}
