import { expect } from '@grafana/plugin-e2e';
import type { APIRequestContext, APIResponse } from '@playwright/test';

import { Account, ADMIN } from './accounts';

const TYPE = 'modelmetrics-catalog-datasource';
const PROVISIONED = 'modelmetrics';

/** A data source to create. By default it has this plugin's type and the URL of the demo's Prometheus. */
export interface DataSource {
  name: string;
  type?: 'prometheus';
  url?: string;
  /** The account for the server, if it requires basic authentication. */
  account?: Account;
  jsonData?: Record<string, unknown>;
}

/** A query in PromQL (`expr`), or a query of a catalog metric (`metric`). */
export interface Query {
  expr?: string;
  metric?: string;
  groupBy?: string[];
  format?: 'heatmap';
  exemplar?: boolean;
  legendFormat?: string;
}

export interface Panel {
  title: string;
  type: 'timeseries' | 'heatmap' | 'table';
  query: Query;
}

export interface Variable {
  name: string;
  type: 'query' | 'custom';
  query: unknown;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  current?: { text: string | string[]; value: string | string[] };
  regex?: string;
}

/** A dashboard to create. Its panels are below each other. */
export interface Dashboard {
  title: string;
  /** The uid of the data source. Default: the provisioned data source. */
  datasource?: string;
  /** The name of a variable with ad-hoc filters. */
  filters?: string;
  /** Variables as Grafana stores them, without the data source and common fields. */
  variables?: Variable[];
  /** Annotations as Grafana stores them, without the data source. */
  annotations?: Array<{ name: string } & Record<string, unknown>>;
  panels: Panel[];
}

/** Creates a data source and returns its uid. */
export async function createDataSource(request: APIRequestContext, { name, type, url, account, jsonData }: DataSource) {
  const credentials = account && {
    basicAuth: true,
    basicAuthUser: account.login,
    secureJsonData: { basicAuthPassword: account.password },
  };
  const response = await request.post('/api/datasources', {
    data: { name, type: type ?? TYPE, access: 'proxy', url: url ?? (await demoUrl(request)), jsonData, ...credentials },
  });
  return (await read(response)).datasource.uid;
}

async function demoUrl(request: APIRequestContext): Promise<string> {
  return (await read(await request.get(`/api/datasources/uid/${PROVISIONED}`))).url;
}

/** Creates a dashboard and returns its uid. */
export async function createDashboard(
  request: APIRequestContext,
  { title, filters, variables = [], annotations = [], ...rest }: Dashboard
) {
  const datasource = reference(rest.datasource);
  const panels = rest.panels.map(({ query, ...panel }, index) => ({
    ...panel,
    id: index + 1,
    gridPos: { x: 0, y: 8 * index, w: 24, h: 8 },
    datasource,
    // The heatmap shows the buckets that the query returns.
    options: panel.type === 'heatmap' ? { calculate: false, yAxis: { unit: 's' } } : {},
    targets: [{ refId: 'A', datasource, range: true, ...query }],
  }));
  const list = [
    ...variables.map((variable) => ({ refresh: 1, datasource, ...variable })),
    ...(filters ? [{ name: filters, type: 'adhoc', datasource, filters: [] }] : []),
  ];
  const dashboard = {
    title,
    schemaVersion: 39,
    time: { from: 'now-15m', to: 'now' },
    templating: { list },
    annotations: {
      list: annotations.map((annotation) => ({ enable: true, iconColor: 'purple', ...annotation, datasource })),
    },
    panels,
  };
  return (await read(await request.post('/api/dashboards/db', { data: { dashboard } }))).uid;
}

/** Creates a user, by default with the role Viewer, and returns the id. */
export async function createUser(
  request: APIRequestContext,
  { login, password }: Account,
  role?: 'Editor'
): Promise<string> {
  const response = await request.post('/api/admin/users', { headers: asAdmin, data: { name: login, login, password } });
  const { id } = await read(response);
  if (role) {
    await read(await request.patch(`/api/org/users/${id}`, { headers: asAdmin, data: { role } }));
  }
  return id;
}

export async function deleteUser(request: APIRequestContext, id: string) {
  await request.delete(`/api/admin/users/${id}`, { headers: asAdmin });
}

const asAdmin = { Authorization: `Basic ${Buffer.from(`${ADMIN.login}:${ADMIN.password}`).toString('base64')}` };

/** Logs in. The browser keeps the cookie of the session. */
export async function logIn(request: APIRequestContext, { login, password }: Account) {
  await read(await request.post('/login', { data: { user: login, password } }));
}

/**
 * Creates an alert rule that is evaluated every ten seconds, in a new folder. Returns the uids of the folder and the
 * rule.
 */
export function createAlertRule(request: APIRequestContext, title: string, datasource: string, expr: string) {
  return createRule(request, title, [
    { refId: 'A', datasourceUid: datasource, model: { refId: 'A', expr, instant: true } },
  ]);
}

/** Creates an alert rule that compares a number of an endpoint's report with a limit. */
export function createReportRule(
  request: APIRequestContext,
  title: string,
  endpoint: string,
  section: string,
  { type, limit }: { type: 'lt' | 'gt'; limit: number }
) {
  const query = { refId: 'A', queryType: 'report', endpointIds: [endpoint], section };
  const threshold = {
    refId: 'C',
    type: 'threshold',
    expression: 'A',
    conditions: [{ evaluator: { type, params: [limit] } }],
  };
  return createRule(request, title, [
    { refId: 'A', datasourceUid: PROVISIONED, model: query },
    { refId: 'C', datasourceUid: '__expr__', model: threshold },
  ]);
}

interface RuleQuery {
  refId: string;
  datasourceUid: string;
  model: object;
}

/** Creates an alert rule whose last query is its condition. */
async function createRule(request: APIRequestContext, title: string, queries: RuleQuery[]) {
  const folder: string = (await read(await request.post('/api/folders', { data: { title } }))).uid;
  const data = queries.map((query) => ({ ...query, relativeTimeRange: { from: 600, to: 0 } }));
  const condition = queries.at(-1)?.refId;
  const rule = { title, ruleGroup: title, folderUID: folder, orgID: 1, condition, data, for: '0s' };
  const states = { noDataState: 'OK', execErrState: 'Error' };
  const created = await read(await request.post('/api/v1/provisioning/alert-rules', { data: { ...rule, ...states } }));
  const group = `/api/v1/provisioning/folder/${folder}/rule-groups/${encodeURIComponent(title)}`;
  await read(await request.put(group, { data: { ...(await read(await request.get(group))), interval: 10 } }));
  return { folder, uid: created.uid as string };
}

/** Returns the current number of exemplars of a query. */
export async function countExemplars(request: APIRequestContext, datasource: string, query: Query): Promise<number> {
  const response = await request.post('/api/ds/query', {
    data: {
      from: 'now-15m',
      to: 'now',
      queries: [{ refId: 'A', datasource: reference(datasource), range: true, intervalMs: 15_000, ...query }],
    },
  });
  const { frames }: { frames: Frame[] } = (await read(response)).results.A;
  const exemplars = frames.find(({ schema }) => schema.meta?.custom?.resultType === 'exemplar');
  return exemplars?.data.values[0].length ?? 0;
}

interface Frame {
  schema: { meta?: { custom?: { resultType?: string } } };
  data: { values: unknown[][] };
}

function reference(uid = PROVISIONED) {
  return { type: TYPE, uid };
}

async function read(response: APIResponse) {
  expect(response, await response.text()).toBeOK();
  return response.json();
}
