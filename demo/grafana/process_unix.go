//go:build unix

package grafana

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts the command and its children, such as the plugin, into a
// process group of their own, so that they end together and not before we say.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// A group that is gone already needs no signal: errors are dropped.
func terminate(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) }
func kill(p *os.Process)      { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
