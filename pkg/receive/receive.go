// Package receive limits the number of large requests that gRPC's servers receive concurrently
// from Grafana. gRPC keeps a request of up to 16 MiB in memory while it arrives. It calls the
// plugin only with the complete request, so package budget can't count the request earlier.
// Package receive also counts the large responses that gRPC has not yet sent, and prevents
// gRPC from blocking a connection forever. main.go calls Limit and CountSent.
package receive

import (
	"errors"
	"net"

	_ "unsafe" // for go:linkname

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	// maxConcurrent bounds the number of large requests that are received concurrently.
	maxConcurrent = 4
	// maxWaiting bounds how many bytes of a request gRPC receives before the request counts
	// towards maxConcurrent. Smaller requests never wait. Without a fixed bound, gRPC would
	// measure the connection and raise the bound to up to 16 MiB.
	maxWaiting = 64 << 10
	// maxOnConnection bounds how many bytes a caller may send on a connection before gRPC has
	// read them, in all calls together.
	maxOnConnection = 4 << 20
)

// addGlobalServerOptions is a func(...grpc.ServerOption) whose options apply to all servers.
// The SDK has no parameter for options of its server. gRPC's documentation of the variable
// says that it must not be deleted or changed.
//
//go:linkname addGlobalServerOptions google.golang.org/grpc/internal.AddGlobalServerOptions
var addGlobalServerOptions any

// Limit limits the number of large requests that the gRPC servers of the process receive
// concurrently. It also makes each connection of the servers keep in memory what its caller
// doesn't read. Neither applies to servers with encryption, which Grafana doesn't use. The
// interceptors run before those of the SDK. Limit must be called before the servers are
// created. It returns an error if this version of gRPC has no global server options.
func Limit(interceptors ...grpc.UnaryServerInterceptor) error {
	add, ok := addGlobalServerOptions.(func(...grpc.ServerOption))
	if !ok {
		return errors.New("gRPC has no global server options")
	}
	add(grpc.StaticStreamWindowSize(maxWaiting), grpc.StaticConnWindowSize(maxOnConnection), grpc.Creds(plain{insecure.NewCredentials()}),
		grpc.ChainUnaryInterceptor(interceptors...))
	return nil
}

// plain are gRPC's default credentials, which don't encrypt. A connection with these
// credentials has a gate, and keeps in memory what the caller doesn't read.
type plain struct {
	credentials.TransportCredentials
}

// ServerHandshake implements credentials.TransportCredentials.
func (p plain) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := p.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		return nil, nil, err
	}
	return newGate(newConnection(conn), process), info, nil
}

// Clone implements credentials.TransportCredentials.
func (p plain) Clone() credentials.TransportCredentials {
	return plain{p.TransportCredentials.Clone()}
}
