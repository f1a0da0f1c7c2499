// Package changelog reads CHANGELOG.md in the format of https://keepachangelog.com/en/1.1.0/.
// It returns the notes of one version, for the release, and reports deviations from the
// format.
package changelog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Version is the part of a changelog that describes one version.
type Version struct {
	Name  string // such as "0.1.0", or "Unreleased"
	Date  string // such as "2026-08-14"; empty for Unreleased
	Notes string // the Markdown below the heading
}

// unreleased is the name of the part with the changes since the last version.
const unreleased = "Unreleased"

// kinds are the headings that Keep a Changelog defines, in its order.
var kinds = []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

var (
	versionHeading = regexp.MustCompile(`(?m)^## \[(Unreleased|\d+\.\d+\.\d+(?:-[\w.]+)?)\](?: - (\d{4}-\d{2}-\d{2}))?$`)
	anyHeading     = regexp.MustCompile(`(?m)^## .*$`)
	kindHeading    = regexp.MustCompile(`(?m)^### (.*)$`)
	linkDefinition = regexp.MustCompile(`(?m)^\[([^\]]+)\]: \S+\n?`)
)

// Parse returns the versions of a changelog in their order. The first one is Unreleased.
func Parse(text string) ([]Version, error) {
	linked := map[string]bool{}
	for _, link := range linkDefinition.FindAllStringSubmatch(text, -1) {
		linked[link[1]] = true
	}
	text = linkDefinition.ReplaceAllString(text, "")
	headings := versionHeading.FindAllStringSubmatchIndex(text, -1)
	if all := anyHeading.FindAllString(text, -1); len(all) != len(headings) {
		return nil, fmt.Errorf(`a heading of CHANGELOG.md is neither "## [Unreleased]" nor like "## [0.1.0] - 2026-08-14": %q`, all)
	}
	var versions []Version
	for i, at := range headings {
		end := len(text)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		v := Version{Name: text[at[2]:at[3]], Notes: strings.TrimSpace(text[at[1]:end])}
		if at[4] >= 0 {
			v.Date = text[at[4]:at[5]]
		}
		if err := v.check(linked); err != nil {
			return nil, err
		}
		versions = append(versions, v)
	}
	if len(versions) == 0 || versions[0].Name != unreleased {
		return nil, fmt.Errorf("the first part of CHANGELOG.md is not %q", unreleased)
	}
	return versions, nil
}

func (v Version) check(linked map[string]bool) error {
	if !linked[v.Name] {
		return fmt.Errorf("CHANGELOG.md has no link definition for [%s]", v.Name)
	}
	if _, err := time.Parse(time.DateOnly, v.Date); v.Name != unreleased && err != nil {
		return fmt.Errorf("version %s of CHANGELOG.md has no valid date: %w", v.Name, err)
	}
	if v.Name == unreleased && v.Date != "" {
		return fmt.Errorf("%q of CHANGELOG.md has the date %s", v.Name, v.Date)
	}
	last := -1
	for _, match := range kindHeading.FindAllStringSubmatch(v.Notes, -1) {
		kind := slices.Index(kinds, match[1])
		if kind <= last {
			return fmt.Errorf("the heading %q of version %s in CHANGELOG.md is not one of %q in this order, each at most once", match[1], v.Name, kinds)
		}
		last = kind
	}
	if last < 0 && v.Name != unreleased {
		return fmt.Errorf("version %s of CHANGELOG.md has none of the headings %q", v.Name, kinds)
	}
	return nil
}

// Notes returns the notes of one version as a page for people who install it.
func Notes(text, version string) (string, error) {
	versions, err := Parse(text)
	if err != nil {
		return "", err
	}
	for _, v := range versions {
		if v.Name == version {
			return fmt.Sprintf("# Model Metrics %s\n\nReleased on %s. Installation: see [docs/install.md](%s/blob/v%[1]s/docs/install.md).\n\n%[4]s\n", v.Name, v.Date, repository, v.Notes), nil
		}
	}
	return "", fmt.Errorf("CHANGELOG.md has no version %s. Move the entries of %q to a new part with this version and its date", version, unreleased)
}

const repository = "https://github.com/modelmetrics/modelmetrics-catalog-datasource"
