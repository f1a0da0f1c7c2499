package fault

import (
	"fmt"
	"runtime/debug"
)

// Catch runs a function and makes an Internal error of its panic: a bug of ours
// costs one answer only, and is counted and logged as what it is.
func Catch(run func() error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = As(fmt.Errorf("panic: %v\n%s", thrown, debug.Stack()))
		}
	}()
	return run()
}
