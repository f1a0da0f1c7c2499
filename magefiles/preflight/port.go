package preflight

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// maxPort is the highest port number.
const maxPort = 65_535

// Port returns an error if the demo can't listen on a port. flag is the flag that sets the
// port. Port 0 is always free.
func Port(ctx context.Context, port int, flag string) error {
	if port == 0 {
		return nil
	}
	if port < 0 || port > maxPort {
		return fmt.Errorf("%s=%d is not a port: choose a number from 1 to %d", flag, port, maxPort)
	}
	err := listen(ctx, port)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %d is in use by another program: stop that program, or choose another port%s", port, suggestPort(ctx, port, flag))
	default:
		return fmt.Errorf("port %d is not available: choose another port%s (%w)", port, suggestPort(ctx, port, flag), err)
	}
}

func listen(ctx context.Context, port int) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	return listener.Close()
}

// suggestedPorts is the number of ports after the taken one that suggestPort tries.
const suggestedPorts = 20

// suggestPort returns the flag with the next free port as the end of a sentence.
func suggestPort(ctx context.Context, port int, flag string) string {
	for next := max(port, 1023) + 1; next <= min(port+suggestedPorts, maxPort); next++ {
		if listen(ctx, next) == nil {
			return fmt.Sprintf(", such as %s=%d", flag, next)
		}
	}
	return fmt.Sprintf(" with %s=N", flag)
}
