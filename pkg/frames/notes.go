package frames

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// maxNotices is how many texts of a severity a notice lists.
const maxNotices = 20

// custom is the part of a frame's metadata that the query editor reads.
type custom struct {
	Infos []string `json:"infos"`
}

// note puts the notes of an answer and the notices of its shape into the metadata of
// a frame. The infos are in its custom part, and in a notice if the options say so.
func (o Options) note(meta *data.FrameMeta, notes series.Notes, own ...data.Notice) {
	all := noticesOf(data.NoticeSeverityWarning, notes.Warnings)
	if infos := slices.DeleteFunc(slices.Clone(notes.Infos), o.guessesWrong); len(infos) > 0 {
		meta.Custom = custom{infos}
		if o.Infos {
			all = append(all, noticesOf(data.NoticeSeverityInfo, infos)...)
		}
	}
	meta.Notices = bySeverity(append(all, own...))
}

// guessesWrong reports whether an info is Prometheus's guess, by the name or the
// label __type__, that one of Counters might be none.
func (o Options) guessesWrong(info string) bool {
	_, name, guess := strings.Cut(info, "metric might not be a counter, ")
	return guess && o.Counters != nil && slices.ContainsFunc(o.Counters(), func(counter string) bool { return strings.Contains(name, strconv.Quote(counter)) })
}

// noticesOf makes a notice of each text. Only the last ones are listed where there
// are many: the plugin's own warnings are last.
func noticesOf(severity data.NoticeSeverity, texts []string) []data.Notice {
	var all []data.Notice
	if left := len(texts) - maxNotices; left > 0 {
		all = []data.Notice{{Severity: severity, Text: fmt.Sprintf("%d more like these", left)}}
		texts = texts[left:]
	}
	for _, text := range texts {
		all = append(all, data.Notice{Severity: severity, Text: text})
	}
	return all
}

// bySeverity merges the notices of the same severity: a panel's header shows only the
// last one of each.
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
