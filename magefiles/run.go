//go:build mage

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// compileEnv returns environment variables with which Go compiles packages as the plugin's
// build does: without cgo and without local paths. Tests and tools then share its build
// cache.
func compileEnv() []string {
	return []string{"CGO_ENABLED=0", strings.TrimSpace("GOFLAGS=" + os.Getenv("GOFLAGS") + " -trimpath")}
}

// pluginEnv returns the variables of compileEnv and one that disables the workspace, which may
// select other versions of dependencies.
func pluginEnv() []string { return append(compileEnv(), "GOWORK=off") }

// run runs a command in a folder with additional environment variables and shows
// its output.
func run(dir string, env []string, name string, args ...string) error {
	c := command(dir, env, name, args)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return described(c, c.Run())
}

// runBuffered is like run, but shows the output at the end, so that the output of concurrent
// commands isn't mixed.
func runBuffered(dir string, env []string, name string, args ...string) error {
	c := command(dir, env, name, args)
	output, err := c.CombinedOutput()
	_, _ = os.Stdout.Write(output) // nothing to do about a closed terminal
	return described(c, err)
}

func command(dir string, env []string, name string, args []string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	return c
}

func described(c *exec.Cmd, err error) error {
	if err != nil {
		return fmt.Errorf("%s (in %s): %w", strings.Join(c.Args, " "), c.Dir, err)
	}
	return nil
}

func printStep(text string) { fmt.Println("•", text) }
