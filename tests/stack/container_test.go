package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// container is a folder that takes the place of a container's root: it contains links to the
// files that the Compose file mounts, at the same paths.
type container struct {
	service types.ServiceConfig
	root    string
}

// newContainer creates the folder for a service of the stack.
func newContainer(t *testing.T, project *types.Project, name string) *container {
	t.Helper()
	c := &container{service: project.Services[name], root: t.TempDir()}
	for _, volume := range c.service.Volumes {
		target := c.path(volume.Target)
		if volume.Type != types.VolumeTypeBind {
			if err := os.MkdirAll(target, 0o750); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(volume.Source, target); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// path returns the path that a file of the container has on this machine.
func (c *container) path(name string) string { return filepath.Join(c.root, filepath.FromSlash(name)) }

// replace replaces a mounted file by a new file with the given text.
func (c *container) replace(t *testing.T, name, text string) {
	t.Helper()
	if err := os.Remove(c.path(name)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// arguments returns the arguments of the container's command. Paths are those on this machine.
func (c *container) arguments() []string {
	var args []string
	for _, arg := range c.service.Command {
		args = append(args, strings.Replace(arg, "=/", "="+c.root+"/", 1))
	}
	return args
}

// environment returns the environment variables of the container. Paths are those on this
// machine.
func (c *container) environment() map[string]string {
	env := map[string]string{}
	for name, value := range c.service.Environment {
		if value == nil {
			continue
		}
		env[name] = *value
		if strings.HasPrefix(*value, "/") {
			env[name] = c.path(*value)
		}
	}
	return env
}
