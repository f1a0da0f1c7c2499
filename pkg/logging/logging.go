// Package logging provides the logger of the plugin and of the SDK; main.go installs it. The
// SDK's own logger encodes and writes each line while it holds a lock that all requests share.
// If hundreds of requests are in progress, they wait for this lock longer than for the server.
// The logger of this package encodes lines concurrently.
package logging

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/hashicorp/go-hclog"
)

// logger encodes lines in the format of the SDK's logger, which Grafana reads.
type logger struct {
	encoders *sync.Pool // of hclog.Logger
	fields   []any
}

// New returns a logger that writes each line with one call of out.Write. Concurrent calls must
// be possible, as with an os.File.
func New(out io.Writer) log.Logger {
	return logger{encoders: &sync.Pool{New: func() any {
		return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, JSONFormat: true, Output: out})
	}}}
}

func (l logger) Debug(text string, fields ...any) { l.log(hclog.Debug, text, fields) }
func (l logger) Info(text string, fields ...any)  { l.log(hclog.Info, text, fields) }
func (l logger) Warn(text string, fields ...any)  { l.log(hclog.Warn, text, fields) }
func (l logger) Error(text string, fields ...any) { l.log(hclog.Error, text, fields) }

func (l logger) log(level hclog.Level, text string, fields []any) {
	encoder := l.encoders.Get().(hclog.Logger) //nolint:forcetypeassert // the pool contains nothing else
	defer l.encoders.Put(encoder)
	encoder.Log(level, text, join(l.fields, fields)...)
}

// Level implements log.Logger.
func (logger) Level() log.Level { return log.Debug }

// With implements log.Logger.
func (l logger) With(fields ...any) log.Logger {
	return logger{l.encoders, join(l.fields, fields)}
}

// FromContext implements log.Logger.
func (l logger) FromContext(ctx context.Context) log.Logger {
	return l.With(log.ContextualAttributesFromContext(ctx)...)
}

// join appends b to a. It never writes to the array of a, because With may be called
// concurrently.
func join(a, b []any) []any { return append(slices.Clip(a), b...) }
