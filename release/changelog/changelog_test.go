package changelog

import (
	"os"
	"strings"
	"testing"
)

const valid = `# Changelog

## [Unreleased]

### Added

- One.

## [0.2.0] - 2026-09-30

### Fixed

- Two.

[Unreleased]: https://example.org/compare
[0.2.0]: https://example.org/0.2.0
`

func TestNotes(t *testing.T) {
	notes, err := Notes(valid, "0.2.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Model Metrics 0.2.0\n", "Released on 2026-09-30.", "/blob/v0.2.0/docs/install.md", "### Fixed\n\n- Two.\n"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes don't contain %q:\n%s", want, notes)
		}
	}
	if strings.Contains(notes, "One.") || strings.Contains(notes, "example.org") {
		t.Errorf("the notes contain more than the version:\n%s", notes)
	}
	if _, err := Notes(valid, "0.3.0"); err == nil || !strings.Contains(err.Error(), "has no version 0.3.0") {
		t.Errorf("a version that doesn't exist: %v", err)
	}
}

func TestParseErrors(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"heading without brackets":  {"## [0.2.0] -", "## 0.2.0 -", "neither"},
		"version without a date":    {"[0.2.0] - 2026-09-30", "[0.2.0]", "no valid date"},
		"date that doesn't exist":   {"2026-09-30", "2026-09-31", "no valid date"},
		"unreleased with a date":    {"## [Unreleased]", "## [Unreleased] - 2026-09-30", "has the date"},
		"unknown kind of change":    {"### Fixed", "### Bugs", "not one of"},
		"version without a kind":    {"### Fixed\n", "", "none of the headings"},
		"no link for a version":     {"[0.2.0]: https://example.org/0.2.0\n", "", "no link definition"},
		"no part for later changes": {"## [Unreleased]\n\n### Added\n\n- One.\n", "", "first part"},
		"kinds in another order":    {"### Fixed", "### Fixed\n\n- Three.\n\n### Added", "in this order"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(valid, test.old, test.new, 1)
			if changed == valid {
				t.Fatal("the case changes nothing")
			}
			if _, err := Parse(changed); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestChangelog checks the changelog of the repository.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	versions, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(versions) < 2 {
		t.Errorf("the changelog has %d parts, want Unreleased and at least one version", len(versions))
	}
}
