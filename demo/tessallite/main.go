// Command tessallite serves a simulated Tessallite platform. The stack in monitoring/ runs it
// in its profile "demo". One process has the host names and ports of all services: the host
// name in a request selects the service. The frontend serves nginx's stub_status, not metrics.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// ports are the port of the frontend and the ports of the services' metrics.
var ports = []string{"80", "8000", "8001", "8080"}

// healthPath is the path of the health check, which works with any host name.
const healthPath = "/healthz"

func main() {
	check := flag.Bool("check", false, "exit with status 0 if a platform on this machine responds, otherwise with status 1")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	run := serve
	if *check {
		run = checkHealth
	}
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tessallite:", err)
		os.Exit(1)
	}
}

// serve serves the platform on all ports until ctx ends.
func serve(ctx context.Context) error {
	handler, err := newHandler()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, len(ports))
	for _, port := range ports {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("", port))
		if err != nil {
			return errors.Join(err, server.Close())
		}
		go func() { ended <- server.Serve(listener) }()
	}
	fmt.Println("The simulated Tessallite platform is ready.")
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	return errors.Join(err, server.Close())
}

// checkHealth returns an error unless a platform responds with status 200 on the first port.
func checkHealth(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", ports[0])+healthPath, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s responds with %s", healthPath, resp.Status)
	}
	return errors.Join(err, resp.Body.Close())
}
