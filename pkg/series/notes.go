package series

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Notes are what a server reports along with the data of an answer.
// (Prometheus HTTP API, format overview.)
type Notes struct {
	Warnings []string
	Infos    []string
	// Partial says why data may be missing: the server marks the answer as partial, or a
	// warning comes from its storage and not from the evaluation of PromQL. It is "" for
	// a complete answer.
	Partial string
}

// What MarkPartial adds: a server that marks an answer as partial gives no reason.
const (
	partialWarning = "This result is partial: the server could not read all of its storage."
	partialReason  = "the server marked it with isPartial"
)

// annotation matches what Prometheus's engine remarks on an expression. A Thanos that
// forwards a query to another one puts the other's address in front.
var annotation = regexp.MustCompile(`^(?:remote query warning \([^)]*\): )*PromQL (info|warning): `)

// omitted matches the text that stands for more annotations than Prometheus lists.
var omitted = regexp.MustCompile(`^\d+ more (?:(info|warning) )?annotations omitted$`)

// Add adds a text from the list of warnings or infos of an answer. Thanos lists infos
// among the warnings: an info becomes one wherever it is listed, and a warning too.
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

// Rewrite replaces every text, the reason of a partial answer included.
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

// Kinds of notes, by the words that Prometheus uses in their texts.
const (
	Warning = "warning"
	Info    = "info"
)

// MarkPartial adds the warning of an answer that is marked as partial.
func (n *Notes) MarkPartial() {
	n.Partial = cmp.Or(n.Partial, partialReason)
	n.Warnings = appendNote(n.Warnings, partialWarning, Warning)
}

// Merge adds the notes of another part of the same answer.
func (n *Notes) Merge(more Notes) {
	n.Partial = cmp.Or(n.Partial, more.Partial)
	for _, text := range more.Warnings {
		n.Warnings = appendNote(n.Warnings, text, Warning)
	}
	for _, text := range more.Infos {
		n.Infos = appendNote(n.Infos, text, Info)
	}
}

// appendNote adds a text that the list doesn't contain. The list ends with a remark
// where there are more than maxNotes.
func appendNote(list []string, text, kind string) []string {
	if len(list) > maxNotes {
		return list
	}
	text = fault.Clip(text, maxNoteLength)
	switch {
	case slices.Contains(list, text):
		return list
	case len(list) == maxNotes:
		return append(list, fmt.Sprintf("The server sent more than %d %ss, of which the first are listed.", maxNotes, kind))
	}
	return append(list, text)
}
