package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// metadata is plugin.json with fields of Grafana's schema. Any other field is a violation.
type metadata struct {
	Schema                    string          `json:"$schema"`
	Type                      string          `json:"type"`
	Name                      string          `json:"name"`
	ID                        string          `json:"id"`
	Category                  string          `json:"category"`
	Metrics                   bool            `json:"metrics"`
	Logs                      bool            `json:"logs"`
	Tracing                   bool            `json:"tracing"`
	Streaming                 bool            `json:"streaming"`
	Backend                   bool            `json:"backend"`
	BuildMode                 string          `json:"buildMode"` // which the build adds
	Alerting                  bool            `json:"alerting"`
	Annotations               bool            `json:"annotations"`
	Executable                string          `json:"executable"`
	MultiValueFilterOperators bool            `json:"multiValueFilterOperators"`
	QueryOptions              map[string]bool `json:"queryOptions"`
	Info                      info            `json:"info"`
	Includes                  []include       `json:"includes"`
	Dependencies              struct {
		Grafana string            `json:"grafanaDependency"`
		Plugins []json.RawMessage `json:"plugins"`
	} `json:"dependencies"`
}

type info struct {
	Description string                        `json:"description"`
	Author      struct{ Name, URL string }    `json:"author"`
	Keywords    []string                      `json:"keywords"`
	Logos       struct{ Small, Large string } `json:"logos"`
	Links       []struct{ Name, URL string }  `json:"links"`
	Screenshots []struct{ Name, Path string } `json:"screenshots"`
	Version     string                        `json:"version"`
	Updated     string                        `json:"updated"`
}

type include struct{ Type, Name, Path string }

var (
	versionPattern = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`)
	// singleRelease matches a dependency on one release (10.4.1) or one minor version (10.4.x).
	singleRelease = regexp.MustCompile(`^\d+\.\d+\.(\d+|x)$`)
)

var metadataRules = []rule{
	{"invalid-metadata", func(p plugin) (texts []string) {
		decoder := json.NewDecoder(bytes.NewReader(p.manifest))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(new(metadata)); err != nil {
			texts = append(texts, err.Error())
		}
		if !versionPattern.MatchString(p.metadata.Info.Version) {
			texts = append(texts, fmt.Sprintf("the version %q is not like 1.2.3", p.metadata.Info.Version))
		}
		if _, err := time.Parse(time.DateOnly, p.metadata.Info.Updated); err != nil {
			texts = append(texts, fmt.Sprintf("the date %q is not like 2026-08-14", p.metadata.Info.Updated))
		}
		return texts
	}},
	{"no-ident-root-dir", func(p plugin) []string {
		return when(p.folder != p.metadata.ID, "the folder %q is not named after the plugin, %q", p.folder, p.metadata.ID)
	}},
	{"invalid-id-format", func(p plugin) []string {
		return when(strings.Count(p.metadata.ID, "-") < 2, "the id %q is not like organization-name-type", p.metadata.ID)
	}},
	{"plugin-type-suffix", func(p plugin) []string {
		return when(!strings.HasSuffix(p.metadata.ID, "-"+p.metadata.Type), "the id %q doesn't end in the type %q", p.metadata.ID, p.metadata.Type)
	}},
	{"human-friendly-name", func(p plugin) []string {
		return when(p.metadata.Name == "" || p.metadata.Name == p.metadata.ID, "the name %q is empty or the id", p.metadata.Name)
	}},
	{"empty-description", func(p plugin) []string { return when(p.metadata.Info.Description == "", "there is no description") }},
	{"empty-keywords", func(p plugin) []string { return when(len(p.metadata.Info.Keywords) == 0, "there are no keywords") }},
	{"invalid-grafana-dependency", func(p plugin) []string {
		_, err := semver.NewConstraint(p.metadata.Dependencies.Grafana)
		return when(err != nil, "%q: %v", p.metadata.Dependencies.Grafana, err)
	}},
	{"depends-on-single-release", func(p plugin) []string {
		return when(singleRelease.MatchString(p.metadata.Dependencies.Grafana), "%q permits one release of Grafana", p.metadata.Dependencies.Grafana)
	}},
	{"broken-link", func(p plugin) (texts []string) {
		urls := []string{p.metadata.Info.Author.URL}
		for _, link := range p.metadata.Info.Links {
			urls = append(urls, link.URL)
		}
		for _, link := range urls {
			u, err := url.Parse(link)
			texts = append(texts, when(err != nil || u.Scheme != "https" || u.Host == "", "the URL %q is not absolute", link)...)
		}
		return append(texts, when(len(urls) == 1, "there are no links")...)
	}},
	{"path-not-exists", func(p plugin) (texts []string) {
		paths := []string{p.metadata.Info.Logos.Small, p.metadata.Info.Logos.Large}
		for _, s := range p.metadata.Info.Screenshots {
			paths = append(paths, s.Path)
		}
		for _, i := range p.metadata.Includes {
			paths = append(paths, i.Path)
		}
		for _, name := range paths {
			texts = append(texts, when(p.files[name] == nil, "plugin.json names the file %q, which the zip doesn't contain", name)...)
		}
		return texts
	}},
	{"screenshots", func(p plugin) []string {
		return when(len(p.metadata.Info.Screenshots) == 0, "there are no screenshots")
	}},
	{"screenshots-image-type", func(p plugin) (texts []string) {
		for _, s := range p.metadata.Info.Screenshots {
			got, want := http.DetectContentType(p.files[s.Path]), mime.TypeByExtension(path.Ext(s.Path))
			accepted := slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, got)
			texts = append(texts, when(!accepted || got != want, "the content of %s is %s", s.Path, got)...)
		}
		return texts
	}},
	{"nested-plugin-id-in-non-app", func(p plugin) []string {
		nested := p.matching("plugin.json")
		return when(len(nested) != 1, "only an app may contain other plugins: %q", nested)
	}},
}

// when returns one formatted text if violated is true, and no text otherwise.
func when(violated bool, format string, args ...any) []string {
	if !violated {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}
