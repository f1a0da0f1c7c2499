package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// networkTimeout is the maximum time for reaching a server. A slow network needs a fraction of it.
const networkTimeout = 10 * time.Second

// downloads returns an error if the demo must download something, but can't. It
// downloads Docker's image, if the demo needs the image, because only Docker can check whether
// the download works.
func (d Demo) downloads(ctx context.Context, grafana *Grafana) error {
	errs := []error{d.goModules(ctx)}
	if grafana != nil {
		errs = append(errs, d.npmPackages(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if grafana != nil && grafana.Docker {
		return d.pullImage(ctx)
	}
	return nil
}

// goModules returns an error if a Go module of the plugin or of the demo isn't in the module
// cache and none of the servers in GOPROXY can be reached.
func (d Demo) goModules(ctx context.Context) error {
	plugin := hasModules(ctx, d.Root, "./pkg", "GOWORK=off")
	if plugin && hasModules(ctx, filepath.Join(d.Root, "demo"), ".") {
		return nil
	}
	proxies, err := exec.CommandContext(ctx, "go", "env", "GOPROXY").Output()
	if err != nil {
		return fmt.Errorf("go env GOPROXY: %w", err)
	}
	return reachable(ctx, strings.FieldsFunc(strings.TrimSpace(string(proxies)), func(r rune) bool { return r == ',' || r == '|' }),
		"Go's modules must be downloaded", "connect to the network, or set GOPROXY to a server that you can reach")
}

// hasModules reports whether all modules of a package's dependencies are in the module cache.
func hasModules(ctx context.Context, dir, pkg string, env ...string) bool {
	list := exec.CommandContext(ctx, "go", "list", "-deps", pkg) //nolint:gosec // G204: the packages of this file
	list.Dir, list.Env = dir, append(append(os.Environ(), "GOPROXY=off"), env...)
	return list.Run() == nil
}

// npmPackages returns an error if the frontend must be built with packages that aren't
// installed, and npm's registry can't be reached.
func (d Demo) npmPackages(ctx context.Context) error {
	if outdated, err := FrontendOutdated(d.Root); err != nil || !outdated {
		return err
	}
	if outdated, err := PackagesOutdated(d.Root); err != nil || !outdated {
		return err
	}
	npm := exec.CommandContext(ctx, "npm", "config", "get", "registry")
	npm.Dir = d.Root
	registry, err := npm.Output()
	if err != nil {
		return nil //nolint:nilerr // Node reports that npm is missing
	}
	return reachable(ctx, []string{strings.TrimSpace(string(registry))},
		"the frontend's npm packages must be downloaded", "connect to the network, or set npm's registry to a server that you can reach")
}

// reachable returns an error if none of the servers responds. It skips addresses that aren't
// those of HTTP servers, such as direct and off in GOPROXY. If no address remains, it returns
// no error.
func reachable(ctx context.Context, addresses []string, what, remedy string) error {
	var errs []error
	for _, address := range addresses {
		if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			continue
		}
		err := respond(ctx, address)
		if err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%s, but the network can't be used: %s (%w)", what, remedy, errors.Join(errs...))
}

// respond returns an error if a server sends no response. Each status is a response. The error
// doesn't contain the address's user information.
func respond(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, networkTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return errors.New("the address of a server is not a URL")
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		return resp.Body.Close()
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return fmt.Errorf("%s: %w", req.URL.Host, err)
}

// pullImage downloads Docker's image of Grafana if Docker doesn't have it. The error doesn't
// contain Docker's own text, which describes Docker rather than the demo.
func (d Demo) pullImage(ctx context.Context) error {
	if exec.CommandContext(ctx, "docker", "image", "inspect", Image).Run() == nil {
		return nil
	}
	if d.Progress != nil {
		d.Progress("Downloading " + Image + " for Docker (about 400 MB)")
	}
	if exec.CommandContext(ctx, "docker", "pull", "--quiet", Image).Run() != nil {
		return fmt.Errorf("docker can't download %s: connect to the network, or set GRAFANA_HOME to an unpacked Grafana (https://grafana.com/grafana/download)%s", Image, terminalRemedy)
	}
	return nil
}
