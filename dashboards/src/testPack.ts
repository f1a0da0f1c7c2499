/** Metrics of a shop. The tests build dashboards from a pack with these metrics. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import { Catalog } from './catalog';
import { dashboards } from './dashboard';
import type { Metric, Pack, PackPanel } from './pack';

const ORDERS: Metric = {
  name: 'orders',
  title: 'Orders',
  description: 'Orders per second.',
  unit: 'ops',
  required_params: [],
  optional_params: ['tenant', 'model'],
  group_by: ['model'],
  legend: '{{model}}',
  thresholds: [{ value: 10, color: 'red' }],
};

const WAIT: Metric = {
  ...ORDERS,
  name: 'wait',
  title: 'Wait',
  unit: 's',
  legend: '{{model}} waits',
  thresholds: undefined,
};

const TOTAL: Metric = { ...ORDERS, name: 'total', title: 'Total', group_by: [], legend: 'Orders' };

/** A metric without a grouping whose query keeps the labels of the series. */
const RAW: Metric = { ...TOTAL, name: 'raw', title: 'Raw', legend: '{{model}}' };

/** Returns a panel of the pack. By default it is a graph of the orders. */
export const panel = (id: number, rest: Partial<PackPanel> = {}): PackPanel => ({
  id,
  metric: 'orders',
  group_by: null,
  show: 'lines',
  ...rest,
});

/** Returns a pack with one dashboard, which has one row with the given panels. */
export const pack = (...panels: PackPanel[]): Pack => ({
  pack: 'shop',
  families: [{ name: 'orders_total', labels: ['tenant', 'model'] }],
  metrics: [ORDERS, WAIT, TOTAL, RAW],
  dashboards: [
    {
      uid: 'shop-overview',
      title: 'Shop Overview',
      description: 'What is ordered.',
      tags: ['shop'],
      annotations: null,
      variables: [
        {
          name: 'model',
          label: 'Model',
          description: 'What was ordered',
          values_of: 'model',
          metric: 'orders_total',
          params: { tenant: ['a', 'b'], model: { op: '!=', values: ['test'] } },
        },
      ],
      rows: [{ title: 'Orders', panels }],
    },
  ],
});

/** Builds the dashboard of a pack that contains only the given panels. */
export const buildDashboard = (...panels: PackPanel[]): Dashboard => buildDashboards(pack(...panels))[0];

/** Builds the dashboards of packs and converts them as JSON does, without undefined fields and functions. */
export const buildDashboards = (...packs: Pack[]): Dashboard[] =>
  JSON.parse(JSON.stringify(dashboards(new Catalog(packs, {}, [RAW.name]))));

/** Builds Grafana's panels for panels of a pack, without their row. */
export const buildPanels = (...panels: PackPanel[]) => (buildDashboard(...panels).panels ?? []).slice(1) as Panel[];
