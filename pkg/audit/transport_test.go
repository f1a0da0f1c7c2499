package audit

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"
	"testing"
)

// TestCausesContainNoAddresses: a cause appears in the log and in the result of Save & test.
func TestCausesContainNoAddresses(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "http://collector.internal:4318/v1/logs", Err: &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 4318}, Err: err}}
	}
	lookup := func(e net.DNSError) error {
		e.Name, e.Server = "collector.internal", "10.0.0.53:53"
		return dial(&e)
	}
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"refused", dial(syscall.ECONNREFUSED), "connection refused"},
		{"unknown host", lookup(net.DNSError{Err: "no such host", IsNotFound: true}), "no such host"},
		{"lookup timeout", lookup(net.DNSError{Err: "read udp 10.0.0.1:1->10.0.0.53:53: i/o timeout", IsTimeout: true}), "the DNS lookup of the host timed out"},
		{"failed lookup", lookup(net.DNSError{Err: "server misbehaving", IsTemporary: true}), "the DNS lookup of the host failed"},
		{"address", dial(&net.AddrError{Err: "missing port in address", Addr: "collector.internal"}), "missing port in address"},
		{"certificate", dial(x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.internal"}}, Host: "collector.internal"}), "x509: the certificate is not valid for the host"},
		{"joined", errors.Join(lookup(net.DNSError{IsNotFound: true}), dial(syscall.EHOSTUNREACH)), "no such host"},
		{"several wrapped", fmt.Errorf("collector.internal: %w, %w", dial(syscall.ECONNRESET), dial(syscall.EHOSTUNREACH)), "connection reset by peer"},
		{"nothing wrapped", errors.New("unexpected EOF"), "unexpected EOF"},
	} {
		if got := cause(test.err); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
