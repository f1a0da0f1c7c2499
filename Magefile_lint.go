//go:build mage

package main

import (
	"fmt"

	"github.com/magefile/mage/mg"
)

const linter = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"

// Lint runs the linters of both languages, and checks the frontend with the packages of every Grafana it is for.
func Lint() error {
	mg.SerialDeps(nodeModules)
	for _, module := range []string{".", "demo", "tests"} {
		if err := run(module, "", "go", "run", linter, "run", "./..."); err != nil {
			return err
		}
	}
	if err := run(".", "", "npm", "run", "--silent", "lint"); err != nil {
		return err
	}
	for _, version := range grafanas {
		target := fmt.Sprintf("@grafana/data@%[1]s,@grafana/ui@%[1]s,@grafana/runtime@%[1]s", version)
		if err := run(".", "", "npx", "--yes", levitate, "is-compatible", "--path", "src/module.ts", "--target", target); err != nil {
			return fmt.Errorf("the frontend uses what Grafana %s doesn't have: %w", version, err)
		}
	}
	return testNewestGrafana()
}

// testNewestGrafana compiles and tests the frontend with the packages of Grafana 13,
// which come with React 19. Everything else uses those of the oldest supported one.
func testNewestGrafana() error {
	if err := installPackages("tests/grafana13"); err != nil {
		return err
	}
	return run(".", "", "npm", "run", "--silent", "test:grafana13")
}

// grafanas are the versions whose packages have what the frontend uses: that which it
// is compiled against, and the last of later ones.
var grafanas = []string{"10.4.19", "11.6.16", "12.4.10", "13.2.2"}

// levitate compares the packages' types.
const levitate = "@grafana/levitate@0.17.2"
