//go:build !linux

package external

import "os/exec"

func killWithTests(*exec.Cmd) {}

// kill kills the process. It ignores errors, because the process may have exited.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
