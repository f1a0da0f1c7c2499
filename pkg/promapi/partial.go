package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// evaluate sends a query and decodes its result. An alert doesn't get a result that
// the server reports as partial, unless the data source allows that.
func (c *Client) evaluate(ctx context.Context, query call, decode func(io.Reader) (*series.Result, error)) (*series.Result, error) {
	result, err := ask(ctx, c, query.withStats(), decode)
	if err != nil || result.Partial == "" || !IsAlert(ctx) || c.opts.PartialAlerts {
		return result, err
	}
	return nil, fault.New(fault.BadAnswer,
		"%s returned a partial result: %s. An alert rule doesn't use it, since the missing data may change its state. Check the server's storage, or turn on partial results in alerts in the data source's settings.",
		c.base.Host, errortext.Clip(result.Partial))
}

// takesPart reports whether an answer over a limit may be cut there: where the
// settings prefer a partial answer to an error. An alert never gets one.
func (c *Client) takesPart(ctx context.Context, whole bool) bool {
	return c.opts.Partial && !whole && !IsAlert(ctx)
}

// cut lets an answer that is over a limit pass with a warning.
func (c *Client) cut(part bool, result *series.Result, err error) (*series.Result, error) {
	limit, over := errors.AsType[*promjson.LimitError](err)
	if !over || !part {
		return result, err
	}
	what, whose := limit.Error(), "the"
	if _, isSetting := limitNames[limit.What]; isSetting || limit == errTooLarge {
		whose = "the data source's"
	}
	if limit == errTooLarge {
		what = "more than " + mebibytes(c.opts.MaxBytes) + " MiB"
	}
	result.Warnings = append(result.Warnings, fmt.Sprintf(
		"This is a part of the data: the answer holds %s, which is %s limit. Ask for fewer series, a shorter range or a larger step.", what, whose))
	return result, nil
}
