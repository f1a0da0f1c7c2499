#!/usr/bin/env node
// Reads endpoint reports from a Model Metrics data source. See docs/clients/README.md.
//
// report.mjs table ID...   prints a table of endpoints
// report.mjs costs ID      prints the costs of an endpoint and how to lower them
// report.mjs check ID...   compares endpoints with thresholds, for a pipeline
//
// Exit codes: 0, 1 if a threshold is exceeded, 2 after an error, 3 if a value is unknown.

import { parseArgs } from 'node:util';

const OK = 0;
const EXCEEDED = 1;
const FAILED = 2;
const UNKNOWN = 3;

/** Calls the routes of reports with a token of a Grafana service account. */
class Client {
  constructor(url, token, uid) {
    this.base = `${url.replace(/\/+$/, '')}/api/datasources/uid/${encodeURIComponent(uid)}/resources/v2/endpoints`;
    this.token = token;
  }

  report(endpointId, params) {
    return this.send(`${this.base}/${encodeURIComponent(endpointId)}/metrics?${new URLSearchParams(params)}`);
  }

  /** Returns a list of { endpointId, metrics } or { endpointId, error }. */
  async reports(endpointIds, params) {
    const results = [];
    for (let start = 0; start < endpointIds.length; start += 50) {
      const body = JSON.stringify({ endpointIds: endpointIds.slice(start, start + 50), ...params });
      const answer = await this.send(`${this.base}/metrics/batch`, { method: 'POST', body });
      results.push(...answer.results);
    }
    return results;
  }

  async send(url, options = {}) {
    const response = await fetch(url, {
      ...options,
      headers: { Authorization: `Bearer ${this.token}`, Accept: 'application/json', 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.ok) {
      return JSON.parse(text);
    }
    let message = text.slice(0, 200);
    try {
      message = JSON.parse(text).message ?? message;
    } catch {
      // A proxy answers in its own format.
    }
    throw new Error(`${response.status}: ${message}`);
  }
}

/** Returns the value at a dotted path, or undefined if it is absent. */
const value = (report, path) => path.split('.').reduce((at, name) => at?.[name], report);

/** Returns the reason for an absent value. */
function why(report, path) {
  const note = (report.notes ?? []).find(({ field }) => path === field || path.startsWith(`${field}.`));
  return note?.reason ?? "The report doesn't say why.";
}

const COLUMNS = [
  ['executions', 'summary.totalExecutions', 0],
  ['success %', 'summary.successRate', 2],
  ['latency s', 'summary.averageLatency', 2],
  ['p95 s', 'summary.p95Latency', 2],
  ['cost $', 'summary.totalCost', 2],
  ['GPU %', 'resources.gpu.utilization.average', 1],
  ['errors %', undefined, 2],
  ['cold starts', 'coldStarts.count', 0],
];

/** Returns the error rate in percent. */
function errorRate(report) {
  const success = value(report, 'summary.successRate');
  return success === undefined ? undefined : 100 - success;
}

async function table(client, ids, options) {
  const rows = [['endpoint', ...COLUMNS.map(([name]) => name)]];
  let code = OK;
  const metrics = ['performance', 'usage', 'costs', 'resources'];
  for (const { endpointId, metrics: report, error } of await client.reports(ids, { timeframe: options.timeframe ?? '24h', metrics })) {
    if (error) {
      console.error(`${endpointId}: ${error.message}`);
      code = FAILED;
      continue;
    }
    const cells = COLUMNS.map(([, path, decimals]) => (path ? value(report, path) : errorRate(report))?.toFixed(decimals) ?? '-');
    rows.push([endpointId, ...cells]);
  }
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  for (const [endpoint, ...cells] of rows) {
    console.log([endpoint.padEnd(widths[0]), ...cells.map((cell, i) => cell.padStart(widths[i + 1]))].join('  '));
  }
  return code;
}

async function costs(client, [id], options) {
  const report = await client.report(id, { timeframe: options.timeframe ?? '30d', metrics: 'costs' });
  const total = value(report, 'costs.total');
  console.log(`Cost analysis for ${id} (${report.timeframe}):`);
  for (const [title, path] of [
    ['Total cost', 'costs.total'],
    ['Daily average', 'costs.trends.daily.average'],
    ['Monthly projection', 'costs.trends.projection.monthly'],
    ['Monthly budget', 'costs.budgetAnalysis.monthlyBudget'],
    ['Projected for the month', 'costs.budgetAnalysis.projectedTotal'],
    ['Potential savings', 'costs.optimization.potentialSavings'],
  ]) {
    const usd = value(report, path);
    console.log(`${title}: ${usd === undefined ? `unknown. ${why(report, path)}` : `$${usd.toFixed(2)}`}`);
  }
  for (const s of value(report, 'costs.optimization.suggestions') ?? []) {
    const share = total ? `, ${((100 * s.savings) / total).toFixed(1)}% of the total` : '';
    const confidence = s.confidence === undefined ? '' : `, confidence ${(100 * s.confidence).toFixed(0)}%`;
    console.log(`- ${s.description}: $${s.savings.toFixed(2)}${share}, effort ${s.effort}${confidence}`);
  }
  return total === undefined ? UNKNOWN : OK;
}

async function check(client, ids, options) {
  const limit = (name) => Number(options[name]);
  const [maxLatency, minSuccess, maxErrors, maxIncrease] = ['max-latency', 'min-success-rate', 'max-error-rate', 'max-cost-increase'].map(limit);
  const limits = [
    ['warning', 'latency', 'summary.averageLatency', 's', (v) => v > maxLatency, maxLatency],
    ['critical', 'success rate', 'summary.successRate', '%', (v) => v < minSuccess, minSuccess],
    ['warning', 'error rate', undefined, '%', (v) => v > maxErrors, maxErrors],
    ['warning', 'cost increase', 'costs.trends.daily.changePercent', '%', (v) => v > maxIncrease, maxIncrease],
  ];
  const codes = new Set();
  const params = { timeframe: options.timeframe ?? '1h', metrics: ['performance', 'costs'] };
  for (const { endpointId, metrics: report, error } of await client.reports(ids, params)) {
    if (error) {
      console.log(`error ${endpointId}: ${error.message}`);
      codes.add(FAILED);
      continue;
    }
    for (const [severity, name, path, unit, exceeds, threshold] of limits) {
      const v = path ? value(report, path) : errorRate(report);
      if (v === undefined) {
        console.log(`unknown ${endpointId}: ${name}. ${why(report, path ?? 'summary.successRate')}`);
        codes.add(UNKNOWN);
      } else if (exceeds(v)) {
        console.log(`${severity} ${endpointId}: ${name} ${v.toFixed(2)}${unit} (threshold: ${threshold}${unit})`);
        codes.add(EXCEEDED);
      }
    }
  }
  const code = [FAILED, EXCEEDED, UNKNOWN].find((one) => codes.has(one)) ?? OK;
  if (code === OK) {
    console.log('ok');
  }
  return code;
}

const commands = { table, costs, check };
const usage = `Usage: report.mjs ${Object.keys(commands).join('|')} ID... [--timeframe 1h|6h|24h|7d|30d] [--max-latency S] [--min-success-rate P] [--max-error-rate P] [--max-cost-increase P] [--url URL] [--datasource UID]`;

async function main() {
  const text = (fallback) => ({ type: 'string', default: fallback });
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      timeframe: { type: 'string' },
      'max-latency': text('5'),
      'min-success-rate': text('95'),
      'max-error-rate': text('5'),
      'max-cost-increase': text('20'),
      url: text(process.env.GRAFANA_URL ?? 'http://localhost:3000'),
      datasource: text(process.env.MODELMETRICS_UID ?? 'modelmetrics'),
    },
  });
  const [name, ...ids] = positionals;
  const thresholds = Object.entries(options).filter(([option]) => option.startsWith('m'));
  if (!Object.hasOwn(commands, name ?? '') || ids.length === 0 || thresholds.some(([, v]) => v === '' || Number.isNaN(Number(v)))) {
    throw new Error(usage);
  }
  return commands[name](new Client(options.url, process.env.GRAFANA_TOKEN ?? '', options.datasource), ids, options);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`error: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
  process.exitCode = FAILED;
}
