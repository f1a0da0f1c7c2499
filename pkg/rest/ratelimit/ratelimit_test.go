package ratelimit

import (
	"fmt"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 18, 14, 0, 0, 0, time.UTC)

func TestUserHasRequestsPerWindow(t *testing.T) {
	l := New(3, time.Hour, 10)
	for _, step := range []struct {
		user    string
		after   time.Duration
		wait    time.Duration
		allowed bool
	}{
		{"ada", 0, 0, true},
		{"ada", 10 * time.Minute, 0, true},
		{"ada", 59 * time.Minute, 0, true},
		{"ada", 59 * time.Minute, time.Minute, false},
		{"bob", 59 * time.Minute, 0, true},
		{"", 59 * time.Minute, 0, true},
		{"ada", time.Hour - time.Second, time.Second, false},
		{"ada", time.Hour, 0, true},
		{"ada", time.Hour, 0, true},
		{"ada", time.Hour, 0, true},
		{"ada", time.Hour + time.Minute, 59 * time.Minute, false},
	} {
		wait, allowed := l.Allow(step.user, start.Add(step.after))
		if wait != step.wait || allowed != step.allowed {
			t.Errorf("%+v: got %s, %t", step, wait, allowed)
		}
	}
}

func TestClockThatIsSetBackBeginsAWindow(t *testing.T) {
	l := New(1, time.Hour, 10)
	l.Allow("ada", start)
	if wait, allowed := l.Allow("ada", start.Add(-24*time.Hour)); !allowed {
		t.Errorf("refused for %s", wait)
	}
}

func TestNoLimit(t *testing.T) {
	l := New(0, time.Hour, 1)
	for range 1000 {
		if _, allowed := l.Allow("ada", start); !allowed {
			t.Fatal("refused")
		}
	}
	if len(l.users) > 0 {
		t.Errorf("%d users are kept", len(l.users))
	}
}

func TestUsersAreBounded(t *testing.T) {
	l := New(1, time.Hour, 100)
	for i := range 1000 {
		l.Allow(fmt.Sprint(i), start.Add(time.Duration(i)*time.Second))
		if len(l.users) > 100 {
			t.Fatalf("%d users are kept", len(l.users))
		}
	}
	// The window of the latest user is kept.
	if _, allowed := l.Allow("999", start.Add(1000*time.Second)); allowed {
		t.Error("the latest user is allowed another request")
	}
	// Windows that have ended are dropped before others.
	l.Allow("late", start.Add(2*time.Hour))
	if len(l.users) != 1 {
		t.Errorf("%d users are kept after their windows", len(l.users))
	}
}
