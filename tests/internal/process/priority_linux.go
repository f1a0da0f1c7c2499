package process

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// LowerPriority sets the nice value of all threads of this process except one. The returned
// function calls f on that thread, so that the processes that f starts don't have the nice
// value.
func LowerPriority(nice int) (call func(f func()), err error) {
	calls, thread := make(chan func()), make(chan int)
	go func() {
		runtime.LockOSThread()
		thread <- syscall.Gettid()
		for f := range calls {
			f()
		}
	}()
	except := <-thread
	for changed := true; changed; { // again, because a thread may have started another thread
		if changed, err = setNice(nice, except); err != nil {
			return nil, err
		}
	}
	return func(f func()) {
		ended := make(chan struct{})
		calls <- func() { defer close(ended); f() }
		<-ended
	}, nil
}

// setNice sets the nice value of all threads of this process except one. It reports whether
// any of them had a different nice value.
func setNice(nice, except int) (changed bool, err error) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false, err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return false, err
		}
		const zero = 20 // the result of getpriority for the nice value 0
		if now, err := syscall.Getpriority(syscall.PRIO_PROCESS, id); id == except || err != nil || zero-now == nice {
			continue
		}
		changed = true
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, nice); err != nil && !errors.Is(err, syscall.ESRCH) {
			return false, err
		}
	}
	return changed, nil
}
