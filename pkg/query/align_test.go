package query

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// at parses a time in UTC.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse("2006-01-02T15:04Z", text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestSpansFollowTheTimeZone(t *testing.T) {
	for _, test := range []struct{ name, zone, step, from, to, want string }{
		{"UTC", `"timezone":"utc"`, "1d", "2026-03-27T13:00Z", "2026-03-30T14:00Z", "2026-03-27T00:00Z to 2026-03-30T00:00Z"},
		{"fixed offset", `"utcOffsetSec":-18000`, "1d", "2026-03-27T13:00Z", "2026-03-30T14:00Z", "2026-03-27T05:00Z to 2026-03-30T05:00Z"},
		{"midnight, daylight saving time begins", `"timezone":"Europe/Berlin"`, "1d", "2026-03-27T13:00Z", "2026-03-31T14:00Z",
			"2026-03-26T23:00Z to 2026-03-28T23:00Z, 2026-03-29T22:00Z to 2026-03-30T22:00Z"},
		{"midnight, daylight saving time ends", `"timezone":"Europe/Berlin"`, "1d", "2026-10-23T13:00Z", "2026-10-26T14:00Z",
			"2026-10-22T22:00Z to 2026-10-24T22:00Z, 2026-10-25T23:00Z to 2026-10-25T23:00Z"},
		{"range ends on the day of the shift", `"timezone":"Europe/Berlin"`, "1d", "2026-03-27T13:00Z", "2026-03-29T02:00Z",
			"2026-03-26T23:00Z to 2026-03-28T23:00Z"},
		{"range begins on the day of the shift", `"timezone":"Europe/Berlin"`, "1d", "2026-03-29T02:00Z", "2026-03-31T02:00Z",
			"2026-03-28T23:00Z to 2026-03-28T23:00Z, 2026-03-29T22:00Z to 2026-03-30T22:00Z"},
		{"noon and midnight", `"timezone":"America/New_York"`, "12h", "2026-03-08T00:00Z", "2026-03-09T04:30Z",
			"2026-03-07T17:00Z to 2026-03-08T05:00Z, 2026-03-08T16:00Z to 2026-03-09T04:00Z"},
		{"step of an hour", `"timezone":"Europe/Berlin"`, "1h", "2026-03-28T13:30Z", "2026-03-29T14:30Z", "2026-03-28T13:00Z to 2026-03-29T14:00Z"},
		{"step of an hour, shift of half an hour", `"timezone":"Australia/Lord_Howe"`, "1h", "2026-04-04T13:15Z", "2026-04-04T17:15Z", "2026-04-04T13:00Z to 2026-04-04T17:00Z"},
		{"shift skips midnight", `"timezone":"America/Santiago"`, "1d", "2025-09-05T13:00Z", "2025-09-08T14:00Z",
			"2025-09-05T04:00Z to 2025-09-07T04:00Z, 2025-09-08T03:00Z to 2025-09-08T03:00Z"},
		{"range begins after the skipped midnight", `"timezone":"America/Santiago"`, "1d", "2025-09-07T13:00Z", "2025-09-09T14:00Z",
			"2025-09-07T04:00Z to 2025-09-07T04:00Z, 2025-09-08T03:00Z to 2025-09-09T03:00Z"},
		{"shift repeats midnight", `"timezone":"America/Havana"`, "1d", "2025-11-01T13:00Z", "2025-11-03T13:00Z",
			"2025-11-01T04:00Z to 2025-11-02T04:00Z, 2025-11-03T05:00Z to 2025-11-03T05:00Z"},
		{"skipped day", `"timezone":"Pacific/Apia"`, "1d", "2011-12-29T13:00Z", "2012-01-01T13:00Z", "2011-12-29T10:00Z to 2012-01-01T10:00Z"},
		{"end of a leap year in the future", `"timezone":"Europe/Berlin"`, "1d", "2040-12-30T13:00Z", "2041-01-02T14:00Z", "2040-12-29T23:00Z to 2041-01-01T23:00Z"},
		{"steps of a year", `"timezone":"Europe/Berlin"`, "365d", "2024-02-01T00:00Z", "2026-03-01T00:00Z", "2023-12-18T23:00Z to 2025-12-17T23:00Z"},
		{"offset of a quarter of an hour", `"timezone":"Asia/Kathmandu"`, "1h", "2026-03-28T13:30Z", "2026-03-28T15:30Z", "2026-03-28T13:15Z to 2026-03-28T15:15Z"},
		{"before 1970", `"timezone":"utc"`, "1m", "1969-12-31T23:58Z", "1969-12-31T23:59Z", "1969-12-31T23:58Z to 1969-12-31T23:59Z"},
		{"empty range", `"timezone":"Europe/Berlin"`, "1d", "2026-03-29T12:00Z", "2026-03-29T12:00Z", "2026-03-28T23:00Z to 2026-03-28T23:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Source{From: at(t, test.from), To: at(t, test.to), MaxDataPoints: 1000, ScrapeInterval: 15 * time.Second}
			var spans []string
			for _, span := range parse(t, `{"expr":"up","interval":"`+test.step+`",`+test.zone+`}`, s).Spans() {
				spans = append(spans, fmt.Sprintf("%s to %s", span.Start.Format("2006-01-02T15:04Z"), span.End.Format("2006-01-02T15:04Z")))
			}
			if got := strings.Join(spans, ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestStepsOfOneDayAreMidnights checks that the steps of a year are at midnight, and that each
// day has one step.
func TestStepsOfOneDayAreMidnights(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Troll", "Asia/Tokyo"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		s := Source{From: at(t, "2026-01-02T12:00Z"), To: at(t, "2027-01-02T12:00Z"), MaxDataPoints: 1000, ScrapeInterval: 15 * time.Second}
		days := map[string]int{}
		for _, span := range parse(t, `{"expr":"up","interval":"1d","timezone":"`+zone+`"}`, s).Spans() {
			for step := span.Start; !step.After(span.End); step = step.AddDate(0, 0, 1) {
				local := step.In(location)
				if local.Hour() != 0 || local.Minute() != 0 {
					t.Errorf("%s: step at %s", zone, local)
				}
				days[local.Format(time.DateOnly)]++
			}
		}
		if len(days) != 366 {
			t.Errorf("%s: %d days", zone, len(days))
		}
		for day, n := range days {
			if n != 1 {
				t.Errorf("%s: %s has %d steps", zone, day, n)
			}
		}
	}
}

// TestSpansAreInOrder uses random ranges for some steps and time zones. It checks that the
// spans are in order, that the gaps between them are limited, and that the last one ends near
// the end of the range.
func TestSpansAreInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	zones := []string{"UTC", "Europe/Berlin", "Africa/Casablanca", "Africa/Monrovia", "America/Juneau", "America/St_Johns", "Antarctica/Troll", "Asia/Manila", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein"}
	for _, zone := range zones {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []time.Duration{time.Millisecond, 45 * time.Minute, 90 * time.Minute, 7 * time.Hour, 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour} {
			for range 50 {
				from := time.Unix(random.Int64N(8e9)-2e9, 0)
				q := &Query{From: from, To: from.Add(time.Duration(random.Int64N(100)) * step), Step: step, location: location, maxPoints: MaxPoints}
				const longestShift = 26 * time.Hour
				last := from.Add(-step - longestShift)
				for _, span := range q.Spans() {
					if gap := span.Start.Sub(last); gap <= 0 || gap > 2*(step+longestShift) || span.End.Before(span.Start) || span.End.After(q.To) {
						t.Fatalf("%s by %s from %s to %s: %v after %s", zone, step, q.From, q.To, span, last)
					}
					last = span.End
				}
				if q.To.Sub(last) >= step+longestShift {
					t.Fatalf("%s by %s from %s to %s ends at %s", zone, step, q.From, q.To, last)
				}
			}
		}
	}
}

func TestSpansAreBounded(t *testing.T) {
	s := Source{From: at(t, "1990-01-02T12:00Z"), To: at(t, "2026-01-02T12:00Z"), ScrapeInterval: 15 * time.Second}
	if spans := parse(t, `{"expr":"up","interval":"2d","timezone":"Europe/Berlin"}`, s).Spans(); len(spans) != maxSpans {
		t.Errorf("%d spans", len(spans))
	}
}
