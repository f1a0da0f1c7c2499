import {
  DataFrame,
  FieldType,
  getFieldDisplayName,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lastValueFrom } from 'rxjs';

import { Catalog } from './catalog';
import { dashboards } from './dashboard';
import { withIncludes } from './manifest';
import type { Metric, Pack, PackPanel } from './pack';
import { visualizations } from './visualizations';
import schema from '../../pkg/packfile/pack.schema.json';

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

const panel = (id: number, rest: Partial<PackPanel> = {}): PackPanel => ({
  id,
  metric: 'orders',
  group_by: null,
  show: 'lines',
  ...rest,
});

const pack = (...panels: PackPanel[]): Pack => ({
  pack: 'shop',
  families: [{ name: 'orders_total', labels: ['tenant', 'model'] }],
  metrics: [ORDERS, WAIT, TOTAL],
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

const made = (...panels: PackPanel[]): Dashboard => drawn(pack(...panels))[0];

/** Dashboards as Grafana gets them, without what JSON leaves out. */
const drawn = (...packs: Pack[]): Dashboard[] => JSON.parse(JSON.stringify(dashboards(new Catalog(packs))));

/** Grafana's panels of a dashboard that shows these, without the row above them. */
const panels = (...shown: PackPanel[]) => (made(...shown).panels ?? []).slice(1) as Panel[];

describe('a panel of a pack', () => {
  it('is its metric with its meaning, wherever the pack says nothing else', () => {
    expect(panels(panel(7, { params: { model: ['$model'] } }))).toEqual([
      expect.objectContaining({
        id: 7,
        type: 'timeseries',
        title: 'Orders',
        description: 'Orders per second.',
        gridPos: { x: 0, y: 1, w: 12, h: 8 },
        targets: [
          expect.objectContaining({
            refId: 'A',
            queryType: 'catalog',
            metric: 'orders',
            params: { model: ['$model'] },
            legendFormat: '{{model}}',
            range: true,
          }),
        ],
        fieldConfig: expect.objectContaining({
          defaults: expect.objectContaining({
            unit: 'ops',
            min: 0,
            noValue: 'Nothing in this time range',
            thresholds: {
              mode: 'absolute',
              steps: [
                { value: null, color: 'green' },
                { value: 10, color: 'red' },
              ],
            },
          }),
        }),
      }),
    ]);
  });

  it('is what the pack says', () => {
    const [shown] = panels(
      panel(1, {
        title: 'All orders',
        description: 'Of all models.',
        legend: 'Sum',
        group_by: [],
        no_value: 'Nobody ordered',
        width: 6,
        height: 4,
        signed: true,
        max: 5,
        min_step: '5m',
        axis_label: 'orders',
        colors: [{ series: 'Sum', color: 'blue' }],
      })
    );
    expect(shown).toMatchObject({
      title: 'All orders',
      description: 'Of all models.',
      gridPos: { w: 6, h: 4 },
      interval: '5m',
      targets: [{ groupBy: [], legendFormat: 'Sum' }],
      fieldConfig: {
        defaults: { noValue: 'Nobody ordered', max: 5, custom: { axisLabel: 'orders' } },
        overrides: [
          { matcher: { id: 'byName', options: 'Sum' }, properties: [{ id: 'color', value: { fixedColor: 'blue' } }] },
        ],
      },
    });
    expect(shown.fieldConfig?.defaults.min).toBeUndefined();
  });

  it('asks over a window and for exemplars where the pack says so, for each of its metrics', () => {
    const [shown] = panels(
      panel(1, { exemplars: true, and: [{ metric: 'wait', group_by: null, window: '1h' }] }),
      panel(2)
    );
    expect(shown.targets).toMatchObject([{ exemplar: true }, { window: '1h' }]);
    expect(shown.targets?.[0]).not.toHaveProperty('window');
    expect(shown.targets?.[1]).not.toHaveProperty('exemplar');
  });

  it('shows single values with the decimals that the pack says, and each further metric with its own', () => {
    const [shown] = panels(
      panel(1, { show: 'stat', decimals: 1, and: [{ metric: 'orders', group_by: null, decimals: 0 }] })
    );
    expect(shown.fieldConfig).toMatchObject({
      defaults: { decimals: 1 },
      overrides: [{ matcher: { options: 'B' }, properties: [{ id: 'decimals', value: 0 }] }],
    });
  });

  it('tints the area of a line that is alone, and has an axis that reaches as far as the pack says', () => {
    const [alone, several] = panels(panel(1, { metric: 'total', soft_max: 5 }), panel(2));
    expect(alone.fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 10, axisSoftMax: 5 });
    expect(several.fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 0 });
    expect(several.fieldConfig?.defaults.custom).not.toHaveProperty('axisSoftMax');
  });

  it('names its series by their labels when it groups them in its own way', () => {
    const [other, own] = panels(panel(1, { group_by: ['tenant'] }), panel(2, { group_by: ['model'] }));
    expect(other.targets).toEqual([expect.objectContaining({ groupBy: ['tenant'], legendFormat: '__auto' })]);
    expect(own.targets).toEqual([expect.objectContaining({ legendFormat: '{{model}}' })]);
  });

  it('has a second axis for a further metric in another unit', () => {
    const [shown] = panels(
      panel(1, {
        and: [
          { metric: 'wait', group_by: null },
          { metric: 'total', group_by: null },
        ],
      })
    );
    expect(shown.targets).toMatchObject([
      { refId: 'A' },
      { refId: 'B', metric: 'wait' },
      { refId: 'C', metric: 'total' },
    ]);
    expect(shown.fieldConfig?.overrides).toEqual([
      {
        matcher: { id: 'byFrameRefID', options: 'B' },
        properties: [
          { id: 'unit', value: 's' },
          { id: 'custom.axisPlacement', value: 'right' },
          { id: 'thresholds', value: { mode: 'absolute', steps: [{ value: null, color: 'blue' }] } },
        ],
      },
    ]);
  });

  it('colours further metrics by their own thresholds', () => {
    const busy: PackPanel[] = ['stat', 'gauge', 'bar_gauge', 'lines'].map((show, i) =>
      panel(i + 1, { show, and: [{ metric: 'wait', group_by: null }] })
    );
    for (const { fieldConfig } of panels(...busy)) {
      expect(fieldConfig?.overrides).toMatchObject([
        {
          matcher: { id: 'byFrameRefID', options: 'B' },
          properties: expect.arrayContaining([
            { id: 'thresholds', value: { mode: 'absolute', steps: [{ value: null, color: 'blue' }] } },
          ]),
        },
      ]);
    }
  });

  it('keeps its number when others come before it', () => {
    const numbers = (...shown: PackPanel[]) => panels(...shown).map(({ id, title }) => [id, title]);
    expect(numbers(panel(1))).toEqual([[1, 'Orders']]);
    expect(numbers(panel(2, { metric: 'wait' }), panel(1))).toEqual([
      [2, 'Wait'],
      [1, 'Orders'],
    ]);
  });

  it('goes to the next line where it does not fit', () => {
    const places = panels(
      panel(1, { width: 16, height: 4 }),
      panel(2, { width: 8 }),
      panel(3),
      panel(4, { width: 24 })
    );
    expect(places.map(({ gridPos }) => [gridPos?.x, gridPos?.y])).toEqual([
      [0, 1],
      [16, 1],
      [0, 9],
      [0, 17],
    ]);
  });

  it('that is shown in an unknown way is an error that says where', () => {
    expect(() => made(panel(3, { show: 'linez' }))).toThrow(
      'pack shop, dashboard shop-overview, panel 3 (orders): show is "linez", and has to be one of areas, bar_gauge'
    );
  });
});

describe('the ways to show a metric', () => {
  it.each([
    ['areas', 'timeseries', { range: true, format: 'time_series' }],
    ['bar_gauge', 'bargauge', { instant: true, format: 'time_series' }],
    ['bars', 'barchart', { instant: true, format: 'table' }],
    ['columns', 'timeseries', { range: true, format: 'time_series' }],
    ['gauge', 'gauge', { instant: true, format: 'time_series' }],
    ['heatmap', 'heatmap', { range: true, format: 'heatmap' }],
    ['lines', 'timeseries', { range: true, format: 'time_series' }],
    ['percent_areas', 'timeseries', { range: true, format: 'time_series' }],
    ['pie', 'piechart', { instant: true, format: 'time_series' }],
    ['stat', 'stat', { range: true, format: 'time_series' }],
    ['steps', 'timeseries', { range: true, format: 'time_series' }],
    ['table', 'table', { instant: true, format: 'table' }],
    ['tiles', 'stat', { instant: true, format: 'time_series' }],
    ['timeline', 'state-timeline', { range: true, format: 'time_series' }],
  ])('%s is a %s that asks for what it draws', (show, type, asked) => {
    const [shown] = panels(panel(1, { show }));
    expect(shown).toMatchObject({ type, targets: [asked] });
  });

  it('are those that the schema offers', () => {
    expect(Object.keys(visualizations)).toEqual(schema.$defs.panel.properties.show.enum);
  });

  it('draw what the pack says about them', () => {
    const states = [
      { value: 0.5, text: 'DEGRADED', color: 'orange' },
      { value: 1, text: 'HEALTHY', color: 'green' },
    ];
    const [timeline, bars, heatmap, gauge, table, one, several] = panels(
      panel(1, { show: 'timeline', states }),
      panel(2, { show: 'bars', bar: 'model', piece: 'tenant' }),
      panel(3, { show: 'heatmap', axis_unit: 's' }),
      panel(4, { show: 'gauge', max: 100 }),
      panel(5, { show: 'table' }),
      panel(6, { show: 'stat', metric: 'total' }),
      panel(7, { show: 'stat' })
    );
    expect(timeline.fieldConfig?.defaults.mappings).toEqual([
      {
        type: 'value',
        options: {
          '0.5': { text: 'DEGRADED', color: 'orange', index: 0 },
          '1': { text: 'HEALTHY', color: 'green', index: 1 },
        },
      },
      { type: 'special', options: { match: 'null', result: { text: 'not there', color: 'transparent' } } },
    ]);
    expect(bars.transformations).toMatchObject([{ options: { rowField: 'model', columnField: 'tenant' } }]);
    expect(heatmap.options).toMatchObject({ calculate: false, yAxis: { unit: 's' }, cellValues: { unit: 'ops' } });
    expect(gauge.fieldConfig?.defaults).toMatchObject({ min: 0, max: 100 });
    expect(table.transformations).toMatchObject([{ options: { renameByName: { Value: 'Orders' } } }]);
    expect([one, several].map(({ options }) => options)).toMatchObject([{ textMode: 'value' }, { textMode: 'auto' }]);
  });
});

describe('a table', () => {
  beforeAll(() => {
    const { organizeFieldsTransformer, joinByFieldTransformer } = standardTransformers;
    standardTransformersRegistry.setInit(() =>
      [organizeFieldsTransformer, joinByFieldTransformer].map((transformation) => ({
        id: transformation.id,
        name: transformation.name,
        transformation,
        editor: () => null,
      }))
    );
  });

  const columns = [
    { label: 'model', title: 'Model' },
    { label: 'tenant', title: 'Tenant' },
  ];

  it('has the columns that the pack lists, in its order and words, and then the values', async () => {
    const [shown] = panels(panel(1, { show: 'table', group_by: ['item', 'model', 'tenant'], columns, legend: 'Now' }));
    const answer = answered('A', { item: ['x'], model: ['a'], tenant: ['b'] }, 'Now', [1]);
    expect(await drawnAs(shown, [answer])).toEqual({ Model: ['a'], Tenant: ['b'], Now: [1] });
  });

  it('calls a value after its metric where the pack calls it nothing, and shows all labels', async () => {
    const [shown] = panels(panel(1, { show: 'table' }));
    expect(await drawnAs(shown, [answered('A', { model: ['a'] }, undefined, [1])])).toEqual({
      model: ['a'],
      Orders: [1],
    });
    expect(shown.options).toMatchObject({ sortBy: [{ displayName: 'Orders', desc: true }] });
  });

  it('joins further metrics to its rows, each in its own unit and colours', async () => {
    const [shown] = panels(
      panel(1, {
        show: 'table',
        group_by: ['model', 'tenant'],
        columns,
        legend: 'Orders now',
        decimals: 0,
        and: [
          { metric: 'wait', group_by: ['model'], legend: 'Waits', decimals: 1 },
          { metric: 'total', group_by: ['model'], legend: 'Of all' },
        ],
      })
    );
    const rows = answered('A', { model: ['a', 'b'], tenant: ['t', 'u'] }, 'Orders now', [1, 2]);
    const of = (refId: string, heading: string) => answered(refId, { model: ['b'] }, heading, [7]);
    const drawn = { Model: ['a', 'b'], Tenant: ['t', 'u'], 'Orders now': [1, 2] };
    expect(await drawnAs(shown, [rows, of('B', 'Waits'), of('C', 'Of all')])).toEqual({
      ...drawn,
      Waits: [undefined, 7],
      'Of all': [undefined, 7],
    });
    // What has no answer takes no other's column.
    expect(await drawnAs(shown, [rows, { refId: 'B', fields: [], length: 0 }, of('C', 'Of all')])).toEqual({
      ...drawn,
      'Of all': [undefined, 7],
    });
    expect(shown.fieldConfig).toMatchObject({
      defaults: { unit: 'ops', decimals: 0 },
      overrides: [
        { matcher: { options: 'Orders now' }, properties: [{ id: 'custom.cellOptions' }] },
        {
          matcher: { options: 'Waits' },
          properties: [
            { id: 'unit', value: 's' },
            { id: 'decimals', value: 1 },
            { id: 'thresholds', value: { steps: [{ color: 'blue' }] } },
            { id: 'noValue', value: '–' },
          ],
        },
        { matcher: { options: 'Of all' } },
      ],
    });
  });
});

/** A table as the data source answers with it. */
function answered(refId: string, labels: Record<string, string[]>, heading: string | undefined, values: number[]) {
  const text = (name: string, texts: string[]) => ({ name, type: FieldType.string, config: {}, values: texts });
  const frame: DataFrame = {
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: values.map(() => 0) },
      ...Object.entries(labels).map(([name, texts]) => text(name, texts)),
      { name: 'Value', type: FieldType.number, config: { displayNameFromDS: heading }, values },
    ],
    length: values.length,
  };
  return frame;
}

/** What Grafana's own transformations make of answers: each column under its heading. */
async function drawnAs(shown: Panel, answers: DataFrame[]): Promise<Record<string, unknown[]>> {
  const steps = (shown.transformations ?? []).map(({ id, options }) => ({ id, options }));
  const [frame] = await lastValueFrom(transformDataFrame(steps, answers));
  const columns = frame.fields.map((field) => [getFieldDisplayName(field, frame), field.values] as const);
  expect(columns.map(([heading]) => heading)).toEqual([...new Set(columns.map(([heading]) => heading))]);
  return Object.fromEntries(columns);
}

describe('a dashboard of a pack', () => {
  it('has our tag, its rows and a variable for the data source before its own', () => {
    const { tags, time, templating, panels: shown } = made(panel(1));
    expect(tags).toEqual(['modelmetrics', 'shop']);
    expect(time).toEqual({ from: 'now-6h', to: 'now' });
    expect(shown?.[0]).toMatchObject({ type: 'row', id: 101, title: 'Orders', collapsed: false });
    expect(templating?.list).toMatchObject([
      { name: 'datasource' },
      { name: 'model', definition: 'label_values(orders_total{tenant=~"a|b", model!~"test"}, model)' },
    ]);
  });

  it('leads to all others with its time range and variables', () => {
    expect(made(panel(1)).links).toMatchObject([
      { type: 'dashboards', tags: ['modelmetrics'], asDropdown: true, keepTime: true, includeVars: true },
    ]);
  });

  it('has its filters as the pack describes them', () => {
    const described = pack(panel(1));
    const filter = { label: 'Filter', description: 'What is shown' };
    described.dashboards![0].variables = [
      { ...filter, name: 'any', values_of: 'tenant', metric: 'orders_total' },
      { ...filter, name: 'one_or_all', values_of: 'tenant', metric: 'orders_total', single: true },
      { ...filter, name: 'some', param: 'tenant', metric: 'orders', required: true },
      {
        ...filter,
        name: 'one',
        param: 'model',
        metric: 'orders',
        params: { model: 'a', tenant: ['$some'] },
        single: true,
        required: true,
      },
    ];
    const [{ templating }] = drawn(described);
    const [, any, oneOrAll, some, one] = templating?.list ?? [];
    const all = { includeAll: true, allValue: '.*' };
    expect(any).toMatchObject({ ...all, multi: true, current: { text: ['All'], value: ['$__all'] } });
    expect(oneOrAll).toMatchObject({ ...all, multi: false, current: { text: 'All', value: '$__all' } });
    expect(some).toMatchObject({ includeAll: false, multi: true, current: { text: [], value: [] } });
    expect(some).not.toHaveProperty('allValue');
    expect(one).toMatchObject({
      includeAll: false,
      multi: false,
      current: { text: '', value: '' },
      definition: 'param_values(orders{tenant=~"$some", model=~"a"}, model)',
      query: { refId: 'one', queryType: 'paramValues', metric: 'orders', param: 'model' },
    });
  });

  it('marks alert states, and events as the pack describes them', () => {
    const described = pack(panel(1));
    described.dashboards![0].annotations = [
      {
        name: 'Rushes',
        metric: 'orders',
        params: { model: ['$model'], tenant: ['a'] },
        group_by: null,
        window: '5m',
        min_step: '1m',
        title: '{{model}}',
        text: '{{value}} a second',
        tags: ['orders'],
        panels: [1],
        color: 'red',
        disabled: true,
      },
      { name: 'Orders', metric: 'orders', group_by: [], title: 'Orders', tags: null, panels: null, hidden: true },
    ];
    const [alerts, rushes, orders] = drawn(described)[0].annotations?.list ?? [];
    expect(alerts).toMatchObject({ builtIn: 1, enable: true, hide: true });
    expect(rushes).toEqual({
      name: 'Rushes',
      builtIn: 0,
      datasource: { type: 'modelmetrics-catalog-datasource', uid: '${datasource}' },
      enable: false,
      hide: false,
      iconColor: 'red',
      filter: { exclude: false, ids: [1] },
      target: {
        refId: 'Anno',
        queryType: 'annotation',
        metric: 'orders',
        params: { tenant: ['a'], model: ['$model'] },
        window: '5m',
        interval: '1m',
        title: '{{model}}',
        text: '{{value}} a second',
        tags: ['orders'],
      },
    });
    expect(orders).toMatchObject({ enable: true, hide: true, iconColor: 'purple', target: { groupBy: [], tags: [] } });
  });

  it('keeps the panels of a collapsed row within it', () => {
    const described = pack(panel(1), panel(2, { metric: 'wait' }), panel(3, { metric: 'total' }));
    const [row] = described.dashboards![0].rows;
    described.dashboards![0].rows = [
      { ...row, collapsed: true },
      { title: 'More', panels: [panel(4)] },
    ];
    const [{ panels: shown }] = drawn(described);
    expect(shown).toMatchObject([
      {
        type: 'row',
        collapsed: true,
        gridPos: { y: 0 },
        panels: [
          { id: 1, gridPos: { x: 0, y: 1 } },
          { id: 2, gridPos: { x: 12, y: 1 } },
          { id: 3, gridPos: { x: 0, y: 9 } },
        ],
      },
      { type: 'row', collapsed: false, gridPos: { y: 1 }, panels: [] },
      { id: 4, gridPos: { y: 2 } },
    ]);
  });

  it('leads from a series to more of it, with what both dashboards filter by', () => {
    const here = pack(
      panel(1, { links: [{ title: 'Only this model', choose: { model: 'model' } }] }),
      panel(2, { show: 'table', links: [{ title: 'Detail', dashboard: 'stock', choose: { item: 'model' } }] })
    );
    const { dashboards: described, ...rest } = pack(panel(1));
    const [model] = described![0].variables ?? [];
    const there: Pack = {
      ...rest,
      pack: 'stock',
      dashboards: [{ ...described![0], uid: 'stock', variables: [model, { ...model, name: 'item' }] }],
    };
    const [{ panels: shown }] = drawn(here, there);
    const [series, rows] = (shown as Panel[]).slice(1).map(({ fieldConfig }) => fieldConfig);
    expect(series?.defaults.links).toMatchObject([
      {
        title: 'Only this model',
        url: '/d/shop-overview?${__url_time_range}&${datasource:queryparam}&var-model=${__field.labels.model:percentencode}',
      },
    ]);
    // A table's first column leads there, and nothing else of it.
    expect(rows?.defaults.links).toBeUndefined();
    expect(rows?.overrides).toContainEqual({
      matcher: { id: 'byName', options: 'model' },
      properties: [
        {
          id: 'links',
          value: [
            expect.objectContaining({
              title: 'Detail',
              url: '/d/stock?${__url_time_range}&${datasource:queryparam}&${model:queryparam}&var-item=${__data.fields.model:percentencode}',
            }),
          ],
        },
      ],
    });
    expect(() => drawn(here)).toThrow('no pack has a dashboard stock');
  });

  it('is offered on the page of the data source', () => {
    const manifest = '{\n  "keywords": ["a"],\n  "includes": [],\n  "dependencies": { "plugins": [] }\n}\n';
    const written = withIncludes(manifest, [made(panel(1))]);
    expect(JSON.parse(written)).toEqual({
      keywords: ['a'],
      includes: [{ type: 'dashboard', name: 'Shop Overview', path: 'dashboards/shop-overview.json' }],
      dependencies: { plugins: [] },
    });
    expect(withIncludes(written, [made(panel(1))])).toBe(written);
    expect(() => withIncludes('{}', [])).toThrow('no list of includes');
  });
});
