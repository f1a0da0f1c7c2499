//go:build !linux

package process

// LowerPriority has an effect only on Linux.
func LowerPriority(int) (call func(f func()), err error) { return func(f func()) { f() }, nil }
