package external

import (
	"os/exec"
	"syscall"
)

// killWithTests makes the command run in a separate process group. The kernel kills the
// command when the tests end, even if they crash.
func killWithTests(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill kills the process group. It ignores errors, because the processes may have exited.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
