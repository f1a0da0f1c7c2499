package prometheus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
)

// listen listens on host:port. The default host is loopback.
func listen(ctx context.Context, address string) (*closingListener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("prometheus: listen address %q: %w", address, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("prometheus: port %s is in use: %w", port, err)
	}
	if err != nil {
		return nil, fmt.Errorf("prometheus: %w", err)
	}
	return &closingListener{Listener: l, open: map[net.Conn]struct{}{}}, nil
}

// closingListener closes its accepted connections when it is closed. Prometheus's web handler
// leaves connections open that are busy or have had no request. In a Prometheus server, the
// exit of the process closes them.
type closingListener struct {
	net.Listener

	mu   sync.Mutex
	open map[net.Conn]struct{} // nil after Close
}

func (l *closingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	l.open[conn] = struct{}{}
	return &trackedConn{conn, l}, nil
}

func (l *closingListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.open {
		_ = conn.Close() // the peer may have closed it
	}
	l.open = nil
	if err := l.Listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil // the web handler has already closed the listener
}

type trackedConn struct {
	net.Conn
	from *closingListener
}

func (c *trackedConn) Close() error {
	c.from.mu.Lock()
	delete(c.from.open, c.Conn)
	c.from.mu.Unlock()
	return c.Conn.Close()
}
