package promjson

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// A grid is the times that the series of an answer share: those of a range query
// stand at the same steps, so the times of one series predict the next one's.
// Series whose samples are a stretch of the grid share its column; nothing is
// kept of their own.
type grid struct {
	times []int64
	// What the times look like, each width bytes long, to compare instead of
	// parsing. width is 0 where they differ in length.
	texts []byte
	width int
}

// column is the time column of the series that is being read.
type column struct {
	grid  *grid
	from  int     // the first sample's place in the grid
	at    int     // the place in the grid where the next sample is expected
	n     int     // samples so far
	own   bool    // the series has left the grid
	times []int64 // where it has: its times, in memory that the next series reuses
}

func (c *column) begin() {
	*c = column{grid: c.grid, times: c.times[:0]}
}

// predicted reports whether the expected time stands at buf[p:], and how long it
// is.
func (c *column) predicted(buf []byte, p int) (width int, ok bool) {
	g := c.grid
	width = g.width
	if c.at >= len(g.times) || width < 8 {
		return 0, false
	}
	text := g.texts[c.at*width : (c.at+1)*width]
	here := buf[p : p+width]
	// Two loads that overlap cover any width from 8 to 16.
	ok = binary.LittleEndian.Uint64(text) == binary.LittleEndian.Uint64(here) &&
		binary.LittleEndian.Uint64(text[width-8:]) == binary.LittleEndian.Uint64(here[width-8:])
	return width, ok
}

// step adds the predicted time.
func (c *column) step() {
	if c.own {
		c.times = append(c.times, c.grid.times[c.at])
	}
	c.at++
	c.n++
}

// add adds a time that was parsed, in milliseconds.
func (c *column) add(ms int64, text []byte) {
	g := c.grid
	switch {
	case c.own:
		c.times = append(c.times, ms)
	case c.at == len(g.times) && (c.at == 0 || ms > g.times[c.at-1]):
		// The grid grows. Series that share a stretch of it don't see that.
		g.push(ms, text)
		c.step()
		return
	default:
		place, found := slices.BinarySearch(g.times, ms)
		if found && c.n == 0 {
			c.from, c.at = place, place
		}
		if found && place == c.at {
			c.step()
			return
		}
		c.leave()
		c.times = append(c.times, ms)
	}
	c.n++
	// The grid may predict again what comes behind a gap.
	c.at = len(g.times)
	if place, found := slices.BinarySearch(g.times, ms); found {
		c.at = place + 1
	}
}

// leave gives the series a column of its own.
func (c *column) leave() {
	c.own = true
	c.times = append(c.times[:0], c.grid.times[c.from:c.from+c.n]...)
}

// done returns the column, which must not be written to, and whether its times
// ascend. Those on the grid do.
func (c *column) done() (times []int64, ok bool) {
	if !c.own {
		end := c.from + c.n
		return c.grid.times[c.from:end:end], true
	}
	if !ascend(c.times) {
		return nil, false
	}
	times = taken(&c.times)
	if len(times) > len(c.grid.times) {
		c.grid.adopt(times)
	}
	return times, true
}

// ascend reports whether each time is later than the one before.
func ascend(times []int64) bool {
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			return false
		}
	}
	return true
}

// push makes the grid one step longer.
func (g *grid) push(ms int64, text []byte) {
	g.times = append(g.times, ms)
	g.describe(text)
}

// describe adds what the next time looks like.
func (g *grid) describe(text []byte) {
	switch {
	case len(g.times) > maxPredicted:
		g.width, g.texts = 0, nil
	case len(g.texts) == 0 && len(g.times) == 1 && len(text) >= 8 && len(text) <= 16:
		g.width = len(text)
	case len(text) != g.width:
		g.width = 0
	}
	if g.width > 0 {
		g.texts = append(g.texts, text...)
	}
}

// adopt makes a longer series' times the grid. Their texts are written anew, as
// Prometheus writes them; one that writes them otherwise is parsed.
func (g *grid) adopt(times []int64) {
	if len(times) > maxPredicted {
		*g = grid{times: slices.Clip(times)}
		return
	}
	*g = grid{texts: g.texts[:0]}
	var text []byte
	for i, ms := range times {
		g.times = times[: i+1 : i+1]
		text = strconv.AppendFloat(text[:0], float64(ms)/1000, 'f', -1, 64)
		g.describe(text)
	}
}
