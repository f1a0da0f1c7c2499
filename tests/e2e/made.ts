import { expect } from '@grafana/plugin-e2e';
import type { APIRequestContext, APIResponse } from '@playwright/test';

import { Account, ADMIN } from './accounts';

const TYPE = 'modelmetrics-catalog-datasource';
const PROVISIONED = 'modelmetrics';

/** A data source as a test wants it: of this plugin and the demo's Prometheus, unless it says otherwise. */
export interface DataSource {
  name: string;
  type?: 'prometheus';
  url?: string;
  jsonData?: Record<string, unknown>;
}

/** PromQL, or a metric of the catalog. */
export interface Query {
  expr?: string;
  metric?: string;
  format?: 'heatmap';
  exemplar?: boolean;
  legendFormat?: string;
}

export interface Panel {
  title: string;
  type: 'timeseries' | 'heatmap';
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

/** A dashboard with its panels one below the other, of the provisioned data source unless it names another's uid. */
export interface Dashboard {
  title: string;
  datasource?: string;
  /** The name of a variable with ad-hoc filters. */
  filters?: string;
  /** As Grafana stores them, but for the data source and what all of a type have. */
  variables?: Variable[];
  /** As Grafana stores them, but for the data source. */
  annotations?: Array<{ name: string } & Record<string, unknown>>;
  panels: Panel[];
}

/** Gives the new data source's uid. */
export async function createDataSource(request: APIRequestContext, { name, type, url, jsonData }: DataSource) {
  const answer = await request.post('/api/datasources', {
    data: { name, type: type ?? TYPE, access: 'proxy', url: url ?? (await demoUrl(request)), jsonData },
  });
  return (await read(answer)).datasource.uid;
}

async function demoUrl(request: APIRequestContext): Promise<string> {
  return (await read(await request.get(`/api/datasources/uid/${PROVISIONED}`))).url;
}

/** Gives the new dashboard's uid. */
export async function createDashboard(
  request: APIRequestContext,
  { title, filters, variables = [], annotations: marked = [], ...rest }: Dashboard
) {
  const datasource = reference(rest.datasource);
  const panels = rest.panels.map(({ query, ...panel }, index) => ({
    ...panel,
    id: index + 1,
    gridPos: { x: 0, y: 8 * index, w: 24, h: 8 },
    datasource,
    // What a heatmap takes: buckets that are counted already.
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
      list: marked.map((annotation) => ({ enable: true, iconColor: 'purple', ...annotation, datasource })),
    },
    panels,
  };
  return (await read(await request.post('/api/dashboards/db', { data: { dashboard } }))).uid;
}

/** Gives the new user's id. */
export async function createUser(request: APIRequestContext, { login, password }: Account): Promise<string> {
  const answer = await request.post('/api/admin/users', { headers: asAdmin, data: { name: login, login, password } });
  return (await read(answer)).id;
}

export async function deleteUser(request: APIRequestContext, id: string) {
  await request.delete(`/api/admin/users/${id}`, { headers: asAdmin });
}

const asAdmin = { Authorization: `Basic ${Buffer.from(`${ADMIN.login}:${ADMIN.password}`).toString('base64')}` };

/** Opens a session, whose cookie the browser keeps. */
export async function logIn(request: APIRequestContext, { login, password }: Account) {
  await read(await request.post('/login', { data: { user: login, password } }));
}

/** Gives the uid of a new folder with an alert rule that runs every ten seconds, and the rule's uid. */
export async function createAlertRule(request: APIRequestContext, title: string, datasource: string, expr: string) {
  const folder: string = (await read(await request.post('/api/folders', { data: { title } }))).uid;
  const data = [{ refId: 'A', datasourceUid: datasource, model: { refId: 'A', expr, instant: true } }].map((query) => ({
    ...query,
    relativeTimeRange: { from: 600, to: 0 },
  }));
  const rule = { title, ruleGroup: title, folderUID: folder, orgID: 1, condition: 'A', data, for: '0s' };
  const states = { noDataState: 'OK', execErrState: 'Error' };
  const made = await read(await request.post('/api/v1/provisioning/alert-rules', { data: { ...rule, ...states } }));
  const group = `/api/v1/provisioning/folder/${folder}/rule-groups/${encodeURIComponent(title)}`;
  await read(await request.put(group, { data: { ...(await read(await request.get(group))), interval: 10 } }));
  return { folder, uid: made.uid as string };
}

/** How many exemplars a query of a data source has by now. */
export async function countExemplars(request: APIRequestContext, datasource: string, query: Query): Promise<number> {
  const answer = await request.post('/api/ds/query', {
    data: {
      from: 'now-15m',
      to: 'now',
      queries: [{ refId: 'A', datasource: reference(datasource), range: true, intervalMs: 15_000, ...query }],
    },
  });
  const { frames }: { frames: Frame[] } = (await read(answer)).results.A;
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

async function read(answer: APIResponse) {
  expect(answer, await answer.text()).toBeOK();
  return answer.json();
}
