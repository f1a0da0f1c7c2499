//go:build !linux

package servers

import "os/exec"

func killWithTests(*exec.Cmd) {}

// kill kills the process. Errors are ignored: it may have exited.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
