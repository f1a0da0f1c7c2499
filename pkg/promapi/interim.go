package promapi

import (
	"context"
	"fmt"
	"net/http/httptrace"
	"net/textproto"
)

// limitInterim returns a context for one request. The request fails if the server sends more
// than maxInterim interim responses, such as 103 Early Hints. net/http has a limit of its
// own, but not for requests with a trace that observes interim responses, such as the trace
// of the SDK.
func limitInterim(ctx context.Context) context.Context {
	count := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error {
		if count++; count > maxInterim {
			return fmt.Errorf("the server sent more than %d interim responses", maxInterim)
		}
		return nil
	}})
}
