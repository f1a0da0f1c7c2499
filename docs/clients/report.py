#!/usr/bin/env python3
"""Reads endpoint reports from a Model Metrics data source. See docs/clients/README.md.

report.py table ID...   prints a table of endpoints
report.py costs ID      prints the costs of an endpoint and how to lower them
report.py check ID...   compares endpoints with thresholds, for a pipeline

Exit codes: 0, 1 if a threshold is exceeded, 2 after an error, 3 if a value is unknown.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

OK, EXCEEDED, FAILED, UNKNOWN = range(4)


class ReportError(Exception):
    """An error of the API, with its message."""


class Client:
    """Calls the routes of reports with a token of a Grafana service account."""

    def __init__(self, url, token, uid, timeout=30):
        self.base = f"{url.rstrip('/')}/api/datasources/uid/{urllib.parse.quote(uid, safe='')}/resources/v2/endpoints"
        self.token, self.timeout = token, timeout

    def report(self, endpoint_id, **params):
        query = urllib.parse.urlencode({k: ",".join(v) if isinstance(v, list) else v for k, v in params.items()})
        return self._send(f"{self.base}/{urllib.parse.quote(endpoint_id, safe='')}/metrics?{query}")

    def reports(self, endpoint_ids, **params):
        """Yields (id, report, error) for each endpoint; either report or error is None."""
        for start in range(0, len(endpoint_ids), 50):
            body = {"endpointIds": endpoint_ids[start:start + 50], **params}
            for result in self._send(f"{self.base}/metrics/batch", json.dumps(body).encode())["results"]:
                error = result.get("error")
                yield result["endpointId"], result.get("metrics"), error and error["message"]

    def _send(self, url, body=None):
        request = urllib.request.Request(url, data=body, headers={
            "Authorization": f"Bearer {self.token}", "Accept": "application/json", "Content-Type": "application/json",
        })
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                message = json.loads(text)["message"]
            except (ValueError, KeyError, TypeError):
                message = text[:200]
            raise ReportError(f"{error.code}: {message}") from error
        except (urllib.error.URLError, TimeoutError, ValueError) as error:
            raise ReportError(f"{url}: {error}") from error


def value(report, path):
    """Returns the value at a dotted path, or None if it is absent."""
    for name in path.split("."):
        if not isinstance(report, dict):
            return None
        report = report.get(name)
    return report


def why(report, path):
    """Returns the reason for an absent value."""
    for note in report.get("notes", []):
        if note["field"] == path or path.startswith(note["field"] + "."):
            return note["reason"]
    return "The report doesn't say why."


def number(v, form):
    return "-" if v is None else format(v, form)


COLUMNS = [
    ("executions", "summary.totalExecutions", ".0f"),
    ("success %", "summary.successRate", ".2f"),
    ("latency s", "summary.averageLatency", ".2f"),
    ("p95 s", "summary.p95Latency", ".2f"),
    ("cost $", "summary.totalCost", ".2f"),
    ("GPU %", "resources.gpu.utilization.average", ".1f"),
    ("errors %", None, ".2f"),
    ("cold starts", "coldStarts.count", ".0f"),
]


def table(client, args):
    rows, code = [["endpoint"] + [name for name, _, _ in COLUMNS]], OK
    metrics = ["performance", "usage", "costs", "resources"]
    for endpoint_id, report, error in client.reports(args.ids, timeframe=args.timeframe or "24h", metrics=metrics):
        if error:
            print(f"{endpoint_id}: {error}", file=sys.stderr)
            code = FAILED
            continue
        success = value(report, "summary.successRate")
        cells = [value(report, path) if path else None if success is None else 100 - success for _, path, _ in COLUMNS]
        rows.append([endpoint_id] + [number(v, form) for v, (_, _, form) in zip(cells, COLUMNS)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]))
    return code


def costs(client, args):
    report = client.report(args.ids[0], timeframe=args.timeframe or "30d", metrics=["costs"])
    total = value(report, "costs.total")
    print(f"Cost analysis for {args.ids[0]} ({report['timeframe']}):")
    for title, path in [
        ("Total cost", "costs.total"), ("Daily average", "costs.trends.daily.average"),
        ("Monthly projection", "costs.trends.projection.monthly"), ("Monthly budget", "costs.budgetAnalysis.monthlyBudget"),
        ("Projected for the month", "costs.budgetAnalysis.projectedTotal"), ("Potential savings", "costs.optimization.potentialSavings"),
    ]:
        v = value(report, path)
        print(f"{title}: " + (f"${v:.2f}" if v is not None else f"unknown. {why(report, path)}"))
    for s in value(report, "costs.optimization.suggestions") or []:
        share = f", {100 * s['savings'] / total:.1f}% of the total" if total else ""
        confidence = f", confidence {100 * s['confidence']:.0f}%" if "confidence" in s else ""
        print(f"- {s['description']}: ${s['savings']:.2f}{share}, effort {s['effort']}{confidence}")
    return OK if total is not None else UNKNOWN


def check(client, args):
    limits = [
        ("warning", "latency", "summary.averageLatency", "s", lambda v: v > args.max_latency, args.max_latency),
        ("critical", "success rate", "summary.successRate", "%", lambda v: v < args.min_success_rate, args.min_success_rate),
        ("warning", "error rate", None, "%", lambda v: v > args.max_error_rate, args.max_error_rate),
        ("warning", "cost increase", "costs.trends.daily.changePercent", "%", lambda v: v > args.max_cost_increase, args.max_cost_increase),
    ]
    codes = {OK}
    for endpoint_id, report, error in client.reports(args.ids, timeframe=args.timeframe or "1h", metrics=["performance", "costs"]):
        if error:
            print(f"error {endpoint_id}: {error}")
            codes.add(FAILED)
            continue
        for severity, name, path, unit, exceeds, limit in limits:
            v = value(report, path or "summary.successRate")
            if v is None:
                print(f"unknown {endpoint_id}: {name}. {why(report, path or 'summary.successRate')}")
                codes.add(UNKNOWN)
                continue
            v = v if path else 100 - v
            if exceeds(v):
                print(f"{severity} {endpoint_id}: {name} {v:.2f}{unit} (threshold: {limit:g}{unit})")
                codes.add(EXCEEDED)
    for code in (FAILED, EXCEEDED, UNKNOWN):
        if code in codes:
            return code
    print("ok")
    return OK


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["table", "costs", "check"])
    parser.add_argument("ids", nargs="+", metavar="ID")
    parser.add_argument("--timeframe", choices=["1h", "6h", "24h", "7d", "30d"])
    parser.add_argument("--max-latency", type=float, default=5.0, help="seconds")
    parser.add_argument("--min-success-rate", type=float, default=95.0, help="percent")
    parser.add_argument("--max-error-rate", type=float, default=5.0, help="percent")
    parser.add_argument("--max-cost-increase", type=float, default=20.0, help="percent")
    parser.add_argument("--url", default=os.environ.get("GRAFANA_URL", "http://localhost:3000"))
    parser.add_argument("--datasource", default=os.environ.get("MODELMETRICS_UID", "modelmetrics"), help="uid of the data source")
    args = parser.parse_args()
    client = Client(args.url, os.environ.get("GRAFANA_TOKEN", ""), args.datasource)
    try:
        return {"table": table, "costs": costs, "check": check}[args.command](client, args)
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
