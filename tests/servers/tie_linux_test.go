package servers

import (
	"os/exec"
	"syscall"
)

// tie gives the command a process group of its own and ends it with the tests,
// however these end.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// end ends the whole group. One that is gone already needs no signal.
func end(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
