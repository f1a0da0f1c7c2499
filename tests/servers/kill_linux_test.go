package servers

import (
	"os/exec"
	"syscall"
)

// killWithTests starts the command in a separate process group that is killed when the
// tests end, even if they crash.
func killWithTests(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill kills the process group. Errors are ignored: it may have exited.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
