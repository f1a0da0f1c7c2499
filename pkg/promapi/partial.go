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

// query sends a query and decodes its result. A result that the server reports as partial
// is an error for an alert rule, unless the data source allows it.
func (c *Client) query(ctx context.Context, call apiCall, decode func(io.Reader) (*series.Result, error)) (*series.Result, error) {
	call.form.Set("stats", "true")
	result, err := fetch(ctx, c, call, decode)
	if err != nil || result.Partial == "" || !IsAlert(ctx) || c.opts.PartialAlerts {
		return result, err
	}
	return nil, fault.New(fault.BadAnswer,
		"%s returned a partial result: %s. Alert rules don't use partial results, because the missing data could change the state of an alert. Check the server's storage, or turn on partial results in alerts in the data source's settings.",
		c.base.Host, errortext.Clip(result.Partial))
}

// allowsPartial reports whether an answer over a limit may be truncated. It may if the data
// source's settings allow it, no alert rule sent the query, and it needn't be complete.
func (c *Client) allowsPartial(ctx context.Context, complete bool) bool {
	return c.opts.Partial && !complete && !IsAlert(ctx)
}

// acceptPartial replaces the error of an answer over a limit by a warning if allowed is true.
func (c *Client) acceptPartial(allowed bool, result *series.Result, err error) (*series.Result, error) {
	limit, isLimit := errors.AsType[*promjson.LimitError](err)
	if !isLimit || !allowed {
		return result, err
	}
	excess, whose := limit.Error(), "the"
	if _, isSetting := limitNames[limit.Limit]; isSetting || limit == errTooLarge {
		whose = "the data source's"
	}
	if limit == errTooLarge {
		excess = "more than " + mebibytes(c.opts.MaxBytes) + " MiB"
	}
	result.Warnings = append(result.Warnings, fmt.Sprintf(
		"Partial data: the response has %s, which is %s limit. Ask for fewer series, a shorter range or a larger step.", excess, whose))
	return result, nil
}
