package frames

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// customMeta is the custom metadata of a frame, which the query editor reads.
type customMeta struct {
	Infos []string `json:"infos"`
}

// addNotes sets the notices of a frame to the warnings of the server and the given notices.
// The infos of the server become custom metadata and, with Options.Infos, also notices.
func (o Options) addNotes(meta *data.FrameMeta, notes series.Notes, notices ...data.Notice) {
	all := noticesOf(data.NoticeSeverityWarning, notes.Warnings)
	if infos := slices.DeleteFunc(slices.Clone(notes.Infos), o.isWrongGuess); len(infos) > 0 {
		meta.Custom = customMeta{infos}
		if o.Infos {
			all = append(all, noticesOf(data.NoticeSeverityInfo, infos)...)
		}
	}
	meta.Notices = bySeverity(append(all, notices...))
}

// isWrongGuess reports whether, according to an info, a metric of o.Counters might be no
// counter. Prometheus guesses this from the metric's name or its label __type__.
func (o Options) isWrongGuess(info string) bool {
	_, name, guess := strings.Cut(info, "metric might not be a counter, ")
	return guess && o.Counters != nil && slices.ContainsFunc(o.Counters(), func(counter string) bool { return strings.Contains(name, strconv.Quote(counter)) })
}

// noticesOf returns a notice for each text. If there are more than maxNotices texts, it keeps
// the last ones, which include the plugin's own warnings, and counts the others.
func noticesOf(severity data.NoticeSeverity, texts []string) []data.Notice {
	var all []data.Notice
	if excess := len(texts) - maxNotices; excess > 0 {
		all = []data.Notice{{Severity: severity, Text: fmt.Sprintf("%d more like these", excess)}}
		texts = texts[excess:]
	}
	for _, text := range texts {
		all = append(all, data.Notice{Severity: severity, Text: text})
	}
	return all
}

// bySeverity merges the notices of the same severity, because a panel's header shows only
// the last notice of each severity.
func bySeverity(all []data.Notice) []data.Notice {
	var merged []data.Notice
	for _, notice := range all {
		at := slices.IndexFunc(merged, func(m data.Notice) bool { return m.Severity == notice.Severity })
		if at < 0 {
			merged = append(merged, notice)
			continue
		}
		merged[at].Text += " · " + notice.Text
	}
	return merged
}
