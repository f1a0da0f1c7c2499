package series

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Notes are the warnings and infos of a response. (Prometheus HTTP API, format overview.)
type Notes struct {
	Warnings []string
	Infos    []string
	// Partial is the reason why data may be missing: the server marked the response as
	// partial, or sent a warning that isn't an annotation of PromQL. Such a warning usually
	// concerns its storage. Partial is "" for a complete result.
	Partial string
}

// The warning and the reason that MarkPartial adds. A server that marks a response as partial
// sends no reason.
const (
	partialWarning = "This result is partial: the server could not read all of its storage."
	partialReason  = "the server marked it with isPartial"
)

// annotation matches annotations, which are infos and warnings of Prometheus's query engine.
// If Thanos forwards a query to another Thanos, it adds a prefix with the other's address.
var annotation = regexp.MustCompile(`^(?:remote query warning \([^)]*\): )*PromQL (info|warning): `)

// omitted matches the text that Prometheus sends instead of the annotations over its limit.
var omitted = regexp.MustCompile(`^\d+ more (?:(info|warning) )?annotations omitted$`)

// Add adds a text of the response if it isn't blank. listedAs is the list in which the server
// sent the text: Warning or Info. If the text matches annotation or omitted, and contains a
// kind, this kind replaces listedAs, because Thanos sends infos as warnings. If a text that
// the server sent as a warning matches neither, it also becomes the reason in Partial, unless
// Partial has one.
func (n *Notes) Add(text string, listedAs string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	kind := listedAs
	match := annotation.FindStringSubmatch(text)
	if match == nil {
		match = omitted.FindStringSubmatch(text)
	}
	switch {
	case match == nil:
		if listedAs == Warning {
			n.Partial = cmp.Or(n.Partial, fault.Clip(text, maxNoteLength))
		}
	case match[1] != "":
		kind = match[1]
	}
	if kind == Info {
		n.Infos = appendNote(n.Infos, text, kind)
	} else {
		n.Warnings = appendNote(n.Warnings, text, kind)
	}
}

// AddNotice adds a text of the plugin, as the first warning.
func (n *Notes) AddNotice(text string) {
	n.Warnings = append([]string{text}, n.Warnings...)
}

// Rewrite replaces each warning, each info and the reason in Partial. It passes each of them
// to the given function, and stores the result in its place. An empty Partial stays empty.
func (n *Notes) Rewrite(text func(string) string) {
	for _, list := range [][]string{n.Warnings, n.Infos} {
		for i := range list {
			list[i] = text(list[i])
		}
	}
	if n.Partial != "" {
		n.Partial = text(n.Partial)
	}
}

// Kinds of notes, named as in the texts of Prometheus.
const (
	Warning = "warning"
	Info    = "info"
)

// MarkPartial sets Partial unless it has a reason, and adds a warning that the result is
// partial.
func (n *Notes) MarkPartial() {
	n.Partial = cmp.Or(n.Partial, partialReason)
	n.Warnings = appendNote(n.Warnings, partialWarning, Warning)
}

// Merge adds the notes of another response that contributed to the result.
func (n *Notes) Merge(more Notes) {
	n.Partial = cmp.Or(n.Partial, more.Partial)
	for _, text := range more.Warnings {
		n.Warnings = appendNote(n.Warnings, text, Warning)
	}
	for _, text := range more.Infos {
		n.Infos = appendNote(n.Infos, text, Info)
	}
}

// appendNote clips a text and adds it unless the list contains it. In place of the texts
// beyond maxNotes, it adds a single text, which reports that there were more.
func appendNote(list []string, text, kind string) []string {
	if len(list) > maxNotes {
		return list
	}
	text = fault.Clip(text, maxNoteLength)
	switch {
	case slices.Contains(list, text):
		return list
	case len(list) == maxNotes:
		return append(list, fmt.Sprintf("The server sent more than %d %ss. Only the first are listed.", maxNotes, kind))
	}
	return append(list, text)
}
