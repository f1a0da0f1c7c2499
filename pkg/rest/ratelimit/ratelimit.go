// Package ratelimit bounds the number of requests that each user sends in a period, and the
// number of requests that run or wait. rest calls it with the user of the plugin context, which a
// client can't forge.
package ratelimit

import (
	"sync"
	"time"
)

// Limiter allows each user a number of requests in a window. A window begins with the user's
// first request after the previous window. A Limiter is safe for concurrent use.
type Limiter struct {
	limit    int
	window   time.Duration
	maxUsers int

	mu    sync.Mutex
	users map[string]window
}

// window is the current window of a user.
type window struct {
	begin    time.Time
	requests int
}

// New returns a Limiter. It keeps the windows of at most maxUsers users. If there are more, it
// drops the windows that have ended, or else the oldest one. A limit <= 0 allows all requests.
func New(limit int, length time.Duration, maxUsers int) *Limiter {
	return &Limiter{limit: limit, window: length, maxUsers: maxUsers, users: map[string]window{}}
}

// Limit returns the maximum number of requests in a window.
func (l *Limiter) Limit() int { return l.limit }

// Window returns the length of a window.
func (l *Limiter) Window() time.Duration { return l.window }

// Allow counts a request of a user. If the user has already sent the maximum number of
// requests in the window, Allow returns false and the time until the window ends.
func (l *Limiter) Allow(user string, at time.Time) (retryAfter time.Duration, allowed bool) {
	if l.limit <= 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w, known := l.users[user]
	if !known || l.isOver(w, at) {
		if !known {
			l.makeRoom(at)
		}
		w = window{begin: at}
	}
	if w.requests >= l.limit {
		return w.begin.Add(l.window).Sub(at), false
	}
	w.requests++
	l.users[user] = w
	return 0, true
}

// isOver reports whether a window has ended. The parameter at is the current time. A window
// has also ended if it begins later than at, which is possible if the clock was set back.
func (l *Limiter) isOver(w window, at time.Time) bool {
	return at.Before(w.begin) || at.Sub(w.begin) >= l.window
}

// makeRoom drops windows if there is no space for another user: those that have ended, or else
// the oldest one.
func (l *Limiter) makeRoom(at time.Time) {
	if len(l.users) < l.maxUsers {
		return
	}
	oldest := ""
	for user, w := range l.users {
		switch {
		case l.isOver(w, at):
			delete(l.users, user)
		case oldest == "" || w.begin.Before(l.users[oldest].begin):
			oldest = user
		}
	}
	if len(l.users) >= l.maxUsers {
		delete(l.users, oldest)
	}
}
