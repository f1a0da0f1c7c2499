package pages

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// authority issues certificates.
type authority struct {
	certificate string // PEM
	parsed      *x509.Certificate
	key         *ecdsa.PrivateKey
	client      map[string]string // the content of client.crt and client.key
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.certificate, _ = a.issue(t, template)
	certificate, key := a.issue(t, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	a.client = map[string]string{"client.crt": certificate, "client.key": key}
	return a
}

// issue returns a certificate and its key as PEM. The first certificate is that of the authority.
func (a *authority) issue(t *testing.T, template *x509.Certificate) (certificate, key string) {
	t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: "Model Metrics"}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issuer, signer := a.parsed, a.key
	if issuer == nil {
		issuer, signer = template, private
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &private.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if a.parsed == nil {
		if a.parsed, err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
		a.key = private
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded}))
}

// file returns the content of a file that a snippet names.
func (a *authority) file(t *testing.T, name string) string {
	t.Helper()
	if name == "ca.crt" {
		return a.certificate
	}
	content, ok := a.client[name]
	if !ok {
		t.Fatalf("a snippet names the unknown file %s", name)
	}
	return content
}

// serve starts a server that sends each request to a channel, and returns its URL. The scheme is
// http, https, or mutual TLS, for which the client needs a certificate and the name in that of the server.
func (a *authority) serve(t *testing.T, scheme string, requests chan<- *http.Request) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		select {
		case requests <- r:
		default:
		}
		w.Header().Set("Content-Type", apiJSON)
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	if scheme == "" {
		server.Start()
		return server.URL
	}
	template := &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if scheme == "mutual TLS" {
		template.IPAddresses, template.DNSNames = nil, []string{"prometheus.example.org"}
		config.ClientAuth = tls.RequireAndVerifyClientCert
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AddCert(a.parsed)
	}
	certificate, key := a.issue(t, template)
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{pair}
	server.TLS = config
	server.StartTLS()
	return server.URL
}
