//go:build mage

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/magefile/mage/mg"
)

// Test runs the tests of both languages, except for the browser specs.
//
// It builds what the tests need.
func Test() error {
	mg.SerialDeps(node)           // before the tests of Go, which take minutes
	mg.Deps(testGo, testFrontend) // concurrently: the Go suites often wait
	if err := testRelease(); err != nil {
		return err
	}
	if err := unchanged(); err != nil {
		return err
	}
	if err := Rules(); err != nil {
		return err
	}
	if os.Getenv("GRAFANA_HOME") == "" {
		printStep("The browser specs did not run. Set GRAFANA_HOME and run go tool mage e2e")
	} else {
		printStep("The browser specs did not run. Run go tool mage e2e")
	}
	return nil
}

func testGo() error {
	mg.SerialDeps(Plugin)
	if err := run(".", pluginEnv(), "go", "test", "./..."); err != nil {
		return err
	}
	mg.SerialDeps(promtool) // used by tests/alerts and tests/report
	// A number of inputs instead of a duration makes the tests the same on every machine.
	if err := fuzz("5000x"); err != nil {
		return err
	}
	// A single command tests all modules, because it starts on the packages of one module
	// while the last packages of another are still running. Separate commands would take
	// longer. -count=1 is necessary, because the test cache doesn't cover the plugin's
	// executable.
	return run(".", compileEnv(), "go", "test", "-count=1", "./testbed/...", "./demo/...", "./tests/...")
}

// testRelease makes a release of the build for this machine and checks it.
func testRelease() error {
	mg.SerialDeps(Plugin, Frontend)
	return run("release", compileEnv(), "go", "test", "-count=1", "./...")
}

func testFrontend() error {
	mg.SerialDeps(Frontend)
	if err := runBuffered(".", nil, "npm", "run", "--silent", "typecheck"); err != nil {
		return err
	}
	return runBuffered(".", nil, "npm", "run", "--silent", "test:ci")
}

// Fuzz runs every fuzz target of the plugin for -each (default one minute).
func Fuzz(each *time.Duration) error {
	if each == nil {
		return fuzz(time.Minute.String())
	}
	return fuzz(each.String())
}

// Hostile tests the plugin with inputs that try to exhaust it.
//
// The inputs are queries, settings and responses. They are sent first one by one and then
// together for -for (default ten minutes). See tests/hostile.
func Hostile(For *time.Duration) error {
	mg.SerialDeps(Plugin)
	if For == nil {
		For = new(10 * time.Minute)
	}
	return run("tests", compileEnv(), "go", "test", "-count=1", "-timeout=0", "-v", "./hostile", "-run=^(TestAttacks|TestMixedLoad)$",
		"-all", "-mutations=3", fmt.Sprintf("-seed=%d", time.Now().Unix()), fmt.Sprintf("-for=%v", *For))
}

// fuzzTarget finds the fuzz targets of a test file.
var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// fuzz runs every fuzz target below pkg, one after another. fuzzTime is a duration or a
// number of inputs, as in go test's flag -fuzztime. fuzz reads the names of the targets from
// the sources, because go test -list links the test binary of every package.
func fuzz(fuzzTime string) error {
	return filepath.WalkDir("pkg", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, target := range fuzzTarget.FindAllSubmatch(source, -1) {
			pkg, name := "./"+filepath.ToSlash(filepath.Dir(path)), string(target[1])
			printStep("Fuzzing " + pkg + " " + name + " for " + fuzzTime)
			// Go's minimizer can spend more time on a large input than the entire run takes.
			if err := run(".", pluginEnv(), "go", "test", "-run=^$", "-fuzz=^"+name+"$", "-fuzztime="+fuzzTime, "-fuzzminimizetime=1x", pkg); err != nil {
				return err
			}
		}
		return nil
	})
}
