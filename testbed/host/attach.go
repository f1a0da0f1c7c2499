package host

import (
	"errors"
	"fmt"
	"math"
	"net"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Attach opens another connection to a plugin that a host has started, usually in another
// process. The method Target of that host returns the target. Attach doesn't use go-plugin's
// client, because closing that client stops the plugin. The host that Attach returns doesn't
// detect the plugin's exit: after the exit, its calls fail with gRPC's code Unavailable, not
// with ErrExited.
func Attach(target string, source backend.DataSourceInstanceSettings) (*Host, error) {
	conn, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// go-plugin's limits
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32)))
	if err != nil {
		return nil, fmt.Errorf("attach to the plugin at %s: %w", target, err)
	}
	rpc := &plugin.GRPCClient{Conn: conn, Plugins: services}
	p := &process{
		target: target,
		exited: func() bool { return false },
		stop:   func() { _ = conn.Close() },
		stderr: &tail{},
	}
	if err := errors.Join(rpc.Ping(), p.openServices(rpc)); err != nil {
		p.stop()
		return nil, fmt.Errorf("attach to the plugin at %s: %w", target, err)
	}
	return &Host{process: p, source: source}, nil
}

// Target returns the gRPC target of the plugin's server for Attach.
func (h *Host) Target() string { return h.target }

// target returns the gRPC target of an address.
func target(addr net.Addr) string {
	if addr.Network() == "unix" {
		return "unix:" + addr.String()
	}
	return "passthrough:///" + addr.String()
}
