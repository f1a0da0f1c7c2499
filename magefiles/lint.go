//go:build mage

package main

import (
	"fmt"

	"github.com/magefile/mage/mg"
)

const (
	linter         = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"
	workflowLinter = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
)

// Lint runs the linters of both languages and of the workflows.
//
// It also checks the frontend with the packages of every supported major version of Grafana.
func Lint() error {
	mg.SerialDeps(nodeModules)
	for _, module := range []string{".", "demo", "release", "testbed", "tests"} {
		if err := run(module, nil, "go", "run", linter, "run", "./..."); err != nil {
			return err
		}
	}
	if err := run(".", nil, "go", "run", workflowLinter); err != nil {
		return err
	}
	if err := run(".", nil, "npm", "run", "--silent", "lint"); err != nil {
		return err
	}
	for _, version := range grafanas {
		target := fmt.Sprintf("@grafana/data@%[1]s,@grafana/ui@%[1]s,@grafana/runtime@%[1]s", version)
		if err := run(".", nil, "npx", "--yes", levitate, "is-compatible", "--path", "src/module.ts", "--target", target); err != nil {
			return fmt.Errorf("the frontend isn't compatible with Grafana %s: %w", version, err)
		}
	}
	return testNewestGrafana()
}

// testNewestGrafana compiles and tests the frontend with the packages of Grafana 13
// and React 19. All other tests use the packages of the oldest supported Grafana.
func testNewestGrafana() error {
	if err := installPackages("tests/grafana13"); err != nil {
		return err
	}
	return run(".", nil, "npm", "run", "--silent", "test:grafana13")
}

// grafanas are versions of Grafana with which the frontend must be compatible: the version
// whose packages it is compiled with, and one of each later major version.
var grafanas = []string{"10.4.19", "11.6.16", "12.4.10", "13.2.2"}

// levitate checks the frontend's imports against the types of Grafana's packages.
const levitate = "@grafana/levitate@0.17.2"
