package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Environment variables of the stand-in for docker.
const (
	dockerLog     = "STANDIN_LOG"     // the file to which it appends its arguments, one command a line
	dockerFail    = "STANDIN_FAIL"    // the beginning of the arguments of the command that fails
	dockerNetwork = "STANDIN_NETWORK" // set if the network exists
	dockerRunning = "STANDIN_RUNNING" // set if the stack is running
)

// TestMain runs the stand-in if the test binary is called docker.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "docker" {
		os.Exit(standIn(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// standIn runs in place of docker: it records its arguments, and responds as docker would.
func standIn(args []string) (status int) {
	line := strings.Join(args, " ")
	log, err := os.OpenFile(os.Getenv(dockerLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = log.Close() }()
	fmt.Fprintln(log, line)
	if failing := os.Getenv(dockerFail); failing != "" && strings.HasPrefix(line, failing) {
		fmt.Fprintln(os.Stderr, "the stand-in fails: "+line)
		return 1
	}
	switch {
	case slices.Contains(args, "version") && slices.Contains(args, "--format"):
		fmt.Println("linux_amd64")
	case strings.HasPrefix(line, "network inspect") && os.Getenv(dockerNetwork) == "":
		return 1
	case strings.HasPrefix(line, "compose ps --quiet") && os.Getenv(dockerRunning) != "":
		fmt.Println("0a1b2c")
	case strings.HasPrefix(line, "compose up"):
		// Compose runs in the folder of the stack, and the file with the password exists.
		for _, file := range []string{"docker-compose.yml", ".secrets/grafana_admin_password"} {
			if _, err := os.Stat(file); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
	}
	return 0
}
