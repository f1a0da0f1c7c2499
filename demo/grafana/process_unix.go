//go:build unix

package grafana

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes the command start in a separate process group, to which its child processes,
// such as the plugin, also belong. A signal to the group then reaches all of them, and an
// interrupt in the terminal reaches none.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// Errors are ignored: the group may have exited.
func terminate(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) }
func kill(p *os.Process)      { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
