// Package interim limits how many interim responses a server may send before its response.
package interim

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"net/textproto"
)

// maxInterim bounds the number of interim responses (1xx) before the final response.
// Servers send one or two.
const maxInterim = 10

// Limit returns a context for one request. The request fails if the server sends more than
// maxInterim interim responses, such as 103 Early Hints. net/http has a limit of its own, but
// not for requests with a trace that observes interim responses, such as the trace of the SDK.
func Limit(ctx context.Context) context.Context {
	count := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error {
		if count++; count > maxInterim {
			return fmt.Errorf("the server sent more than %d interim responses", maxInterim)
		}
		return nil
	}})
}
