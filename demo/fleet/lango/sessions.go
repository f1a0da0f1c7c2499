package lango

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// sessionWindow is the time after which the exporter drops the counters of a session that uses
// no more tokens. See docs/contracts/lango.md#session-keys.
const sessionWindow = 15 * time.Minute

// tokenTypes are the values of the label type.
var tokenTypes = []string{"input", "cache", "output"}

// usage is a number of tokens of each type, in the order of tokenTypes.
type usage [3]float64

// sessions assigns the tokens of model calls to sessions. A session belongs to one agent and
// uses one model.
type sessions struct {
	family  *simulation.PassingVec
	rng     *rand.Rand // not shared, so that the sessions don't change the rest of the history
	users   []*modelUser
	weights []float64 // weights[i] is proportional to the number of sessions of users[i]
	open    []*session
	recent  []*session // closed; dropped when they have no counters
	pending map[*modelUser]usage
}

// session is a session with the tokens that it has used.
type session struct {
	id       string
	user     *modelUser
	used     usage
	last     time.Time             // when it last used tokens
	counters []*simulation.Passing // nil if it hasn't used tokens within sessionWindow
	isStuck  bool                  // an agent is in a loop, so the session isn't closed
}

func newSessions(t *simulation.Target, end time.Time) *sessions {
	return &sessions{
		family:  t.PassingCounter("lango_session_tokens_total", "Tokens that a session has used. A session that has used no tokens for 15 minutes isn't exported.", "session", "agent", "model", "type"),
		rng:     rand.New(rand.NewPCG(uint64(end.Unix()), 1)), //nolint:gosec // G404: a simulation is repeatable
		pending: map[*modelUser]usage{},
	}
}

// add adds a pair of an agent and a model that the agent uses. On average, the number of
// sessions of the pair is proportional to weight.
func (s *sessions) add(u *modelUser, weight float64) {
	s.users, s.weights = append(s.users, u), append(s.weights, weight)
}

// restart ends all sessions. The process loses its counters and the tokens that it hasn't yet
// counted for a session.
func (s *sessions) restart() {
	s.open, s.recent = nil, nil
	clear(s.pending)
}

// change opens and closes random sessions. It closes no stuck ones, so it may close too few.
func (s *sessions) change(opened, closed int) {
	for range opened {
		s.open = append(s.open, &session{id: fmt.Sprintf("%012x", s.rng.Uint64()>>16), user: s.randomUser()})
	}
	stuck := 0
	for _, o := range s.open {
		if o.isStuck {
			stuck++
		}
	}
	for range min(closed, len(s.open)-stuck) {
		i := s.rng.IntN(len(s.open))
		for s.open[i].isStuck {
			i = s.rng.IntN(len(s.open))
		}
		s.recent = append(s.recent, s.open[i])
		s.open = slices.Delete(s.open, i, i+1)
	}
}

func (s *sessions) randomUser() *modelUser {
	total := 0.0
	for _, w := range s.weights {
		total += w
	}
	at := s.rng.Float64() * total
	for i, w := range s.weights {
		if at -= w; at < 0 {
			return s.users[i]
		}
	}
	return s.users[len(s.users)-1]
}

// use assigns the tokens that an agent has used with a model to an open session of this pair.
// If the agent is in a loop, they go to the first open session, otherwise to a random one. If
// the pair has none, the tokens are kept until a later call for the same pair.
func (s *sessions) use(u *modelUser, tokens usage, isLoop bool, now time.Time) {
	for i, n := range s.pending[u] {
		tokens[i] += n
	}
	delete(s.pending, u)
	if tokens == (usage{}) {
		return
	}
	var own []*session
	for _, candidate := range s.open {
		if candidate.user == u {
			own = append(own, candidate)
		}
	}
	if len(own) == 0 {
		s.pending[u] = tokens
		return
	}
	chosen := own[0]
	if chosen.isStuck = isLoop; !isLoop {
		chosen = own[s.rng.IntN(len(own))]
	}
	chosen.use(s.family, tokens, now)
}

func (s *session) use(family *simulation.PassingVec, tokens usage, now time.Time) {
	s.last = now
	for i, n := range tokens {
		if s.counters == nil || len(s.counters) == i {
			counter := family.With(s.id, s.user.agent, s.user.name, tokenTypes[i])
			counter.Add(s.used[i])
			s.counters = append(s.counters, counter)
		}
		s.counters[i].Add(n)
		s.used[i] += n
	}
}

// expire drops the counters of sessions that have used no tokens within sessionWindow.
func (s *sessions) expire(now time.Time) {
	for _, list := range [][]*session{s.open, s.recent} {
		for _, candidate := range list {
			if candidate.counters != nil && now.Sub(candidate.last) > sessionWindow {
				s.family.Remove(candidate.counters...)
				candidate.counters = nil
			}
		}
	}
	s.recent = slices.DeleteFunc(s.recent, func(closed *session) bool { return closed.counters == nil })
}
