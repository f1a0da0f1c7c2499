package fault

import (
	"fmt"
	"runtime/debug"
)

// Catch calls a function and converts a panic to an Internal error whose cause contains the
// stack. A bug then fails one query instead of the process, and is logged and counted.
func Catch(run func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = As(fmt.Errorf("panic: %v\n%s", value, debug.Stack()))
		}
	}()
	return run()
}
