package audit

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// levels are the values of the field severity, which Grafana's logs panel shows as colors.
var levels = map[string]string{Allow: "debug", Observe: "info", Block: "warning"}

// Frame returns events as log lines (Grafana's data plane contract, "log lines"). The field
// labels contains a JSON object for each event.
func Frame(events []Event) (*data.Frame, error) {
	times, bodies, severities := make([]time.Time, len(events)), make([]string, len(events)), make([]string, len(events))
	labels := make([]json.RawMessage, len(events))
	for i, e := range events {
		times[i], bodies[i], severities[i] = e.Time, e.Text(), levels[e.Verdict]
		encoded, err := json.Marshal(e.labels())
		if err != nil {
			return nil, err
		}
		labels[i] = encoded
	}
	frame := data.NewFrame("audit",
		data.NewField("timestamp", nil, times), data.NewField("body", nil, bodies),
		data.NewField("severity", nil, severities), data.NewField("labels", nil, labels))
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeLogLines, TypeVersion: data.FrameTypeVersion{0, 1}, PreferredVisualization: data.VisTypeLogs}
	return frame, nil
}

// labels returns the labels of the event's log line: the organization, and each text of the
// event that isn't empty. The message isn't a label, because the body contains it.
func (e Event) labels() map[string]string {
	all := map[string]string{"org": strconv.FormatInt(e.Org, 10)}
	for _, text := range e.texts() {
		if text.text != "" && text.name != "message" {
			all[text.name] = text.text
		}
	}
	return all
}
