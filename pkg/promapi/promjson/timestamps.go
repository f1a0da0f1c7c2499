package promjson

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// sharedTimes are the timestamps that the series of an answer share. Most series of a
// range query have the same timestamps, so the timestamps of one series predict those of
// the next. If the timestamps of a series are a contiguous part of the shared ones, its
// column is a slice of these.
type sharedTimes struct {
	times []int64
	// texts are the times as the server probably writes them, each of width bytes. Comparing
	// text is faster than parsing it. width is 0 if the texts can't be compared; see pushText.
	texts []byte
	width int
}

// column contains the timestamps of the current series.
type column struct {
	shared    *sharedTimes
	from      int     // index of the first sample's time in the shared times
	next      int     // index in the shared times of the predicted time
	n         int     // number of samples
	separated bool    // the series' times differ from the shared times, and are in the field times
	times     []int64 // memory that is reused for each series
}

func (c *column) begin() {
	*c = column{shared: c.shared, times: c.times[:0]}
}

// matchesNext reports whether buf[p:] begins with the predicted time. It also returns the
// length of the time's text.
func (c *column) matchesNext(buf []byte, p int) (width int, ok bool) {
	s := c.shared
	width = s.width
	if c.next >= len(s.times) || width < 8 {
		return 0, false
	}
	text := s.texts[c.next*width : (c.next+1)*width]
	here := buf[p : p+width]
	// Two loads that overlap cover any width from 8 to 16.
	ok = binary.LittleEndian.Uint64(text) == binary.LittleEndian.Uint64(here) &&
		binary.LittleEndian.Uint64(text[width-8:]) == binary.LittleEndian.Uint64(here[width-8:])
	return width, ok
}

// addNext adds the predicted time.
func (c *column) addNext() {
	if c.separated {
		c.times = append(c.times, c.shared.times[c.next])
	}
	c.next++
	c.n++
}

// add adds a time in milliseconds and its text.
func (c *column) add(ms int64, text []byte) {
	s := c.shared
	switch {
	case c.separated:
		c.times = append(c.times, ms)
	case c.next == len(s.times) && (c.next == 0 || ms > s.times[c.next-1]):
		// Other series use slices of the shared times. These remain valid, because push only
		// appends.
		s.push(ms, text)
		c.addNext()
		return
	default:
		i, found := slices.BinarySearch(s.times, ms)
		if found && c.n == 0 {
			c.from, c.next = i, i
		}
		if found && i == c.next {
			c.addNext()
			return
		}
		c.separate()
		c.times = append(c.times, ms)
	}
	c.n++
	// After a gap, the shared times may predict the following times.
	c.next = len(s.times)
	if i, found := slices.BinarySearch(s.times, ms); found {
		c.next = i + 1
	}
}

// separate ends the use of the shared times: it copies the column's times so far from them.
func (c *column) separate() {
	c.separated = true
	c.times = append(c.times[:0], c.shared.times[c.from:c.from+c.n]...)
}

// take returns the column, which must not be modified. ok is false if the times aren't
// ascending.
func (c *column) take() (times []int64, ok bool) {
	if !c.separated {
		end := c.from + c.n
		return c.shared.times[c.from:end:end], true
	}
	if !isAscending(c.times) {
		return nil, false
	}
	times = takeScratch(&c.times)
	if len(times) > len(c.shared.times) {
		c.shared.replace(times)
	}
	return times, true
}

// isAscending reports whether each time is later than the one before.
func isAscending(times []int64) bool {
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			return false
		}
	}
	return true
}

// push appends a time and its text.
func (s *sharedTimes) push(ms int64, text []byte) {
	s.times = append(s.times, ms)
	s.pushText(text)
}

// pushText appends the text of the last time. If the texts differ in length, if they don't
// have 8 to 16 bytes, or if there are too many, it sets width to 0 instead.
func (s *sharedTimes) pushText(text []byte) {
	switch {
	case len(s.times) > maxPredicted:
		s.width, s.texts = 0, nil
	case len(s.texts) == 0 && len(s.times) == 1 && len(text) >= 8 && len(text) <= 16:
		s.width = len(text)
	case len(text) != s.width:
		s.width = 0
	}
	if s.width > 0 {
		s.texts = append(s.texts, text...)
	}
}

// replace replaces the shared times by those of a longer series. It writes their texts in
// the format of Prometheus. If the server uses another format, its times don't match these
// texts, and are parsed.
func (s *sharedTimes) replace(times []int64) {
	if len(times) > maxPredicted {
		*s = sharedTimes{times: slices.Clip(times)}
		return
	}
	*s = sharedTimes{texts: s.texts[:0]}
	var text []byte
	for i, ms := range times {
		s.times = times[: i+1 : i+1]
		text = strconv.AppendFloat(text[:0], float64(ms)/1000, 'f', -1, 64)
		s.pushText(text)
	}
}
