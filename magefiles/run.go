//go:build mage

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// run runs a command in a folder and shows its output. env is one more
// environment variable, or empty.
func run(dir, env, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	c.Env = os.Environ()
	if env != "" {
		c.Env = append(c.Env, env)
	}
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %v (in %s): %w", name, args, dir, err)
	}
	return nil
}

func say(text string) { fmt.Println("•", text) }
