import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import { withIncludes } from './manifest';
import type { Pack } from './pack';
import { buildDashboard, buildDashboards, pack, panel } from './testPack';

describe('a dashboard of a pack', () => {
  it('has the tag of the plugin, its rows, a variable for the data source and ad-hoc filters', () => {
    const { tags, time, templating, panels } = buildDashboard(panel(1));
    expect(tags).toEqual(['modelmetrics', 'shop']);
    expect(time).toEqual({ from: 'now-6h', to: 'now' });
    expect(panels?.[0]).toMatchObject({ type: 'row', id: 101, title: 'Orders', collapsed: false });
    expect(templating?.list).toMatchObject([
      { name: 'datasource' },
      { name: 'model', definition: 'label_values(orders_total{tenant=~"a|b", model!~"test"}, model)' },
      { name: 'filters', type: 'adhoc' },
    ]);
  });

  it('links to all other dashboards with the time range and the variables', () => {
    expect(buildDashboard(panel(1)).links).toMatchObject([
      { type: 'dashboards', tags: ['modelmetrics'], asDropdown: true, keepTime: true, includeVars: true },
    ]);
  });

  it('has the variables of the pack', () => {
    const definition = pack(panel(1));
    const filter = { label: 'Filter', description: 'What is shown' };
    definition.dashboards![0].variables = [
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
    const [{ templating }] = buildDashboards(definition);
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

  it('has annotations for alert states and the events of the pack', () => {
    const definition = pack(panel(1));
    definition.dashboards![0].annotations = [
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
    const [alerts, rushes, orders] = buildDashboards(definition)[0].annotations?.list ?? [];
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

  it('stores the panels of a collapsed row in the row', () => {
    const definition = pack(panel(1), panel(2, { metric: 'wait' }), panel(3, { metric: 'total' }));
    const [row] = definition.dashboards![0].rows;
    definition.dashboards![0].rows = [
      { ...row, collapsed: true },
      { title: 'More', panels: [panel(4)] },
    ];
    const [{ panels }] = buildDashboards(definition);
    expect(panels).toMatchObject([
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

  it('has the next row below a row without panels', () => {
    const definition = pack(panel(1));
    definition.dashboards![0].rows.unshift({ title: 'Empty', panels: [] });
    const [{ panels }] = buildDashboards(definition);
    expect(panels?.map(({ gridPos }) => gridPos?.y)).toEqual([0, 1, 2]);
  });

  it('links from a series to another dashboard with the variables that both have', () => {
    const source = pack(
      panel(1, { links: [{ title: 'Only this model', choose: { model: 'model' } }] }),
      panel(2, { show: 'table', links: [{ title: 'Detail', dashboard: 'stock', choose: { item: 'model' } }] })
    );
    const { dashboards: definitions, ...rest } = pack(panel(1));
    const [model] = definitions![0].variables ?? [];
    const target: Pack = {
      ...rest,
      pack: 'stock',
      dashboards: [{ ...definitions![0], uid: 'stock', variables: [model, { ...model, name: 'item' }] }],
    };
    const [{ panels }] = buildDashboards(source, target);
    const [graph, table] = (panels as Panel[]).slice(1).map(({ fieldConfig }) => fieldConfig);
    expect(graph?.defaults.links).toMatchObject([
      {
        title: 'Only this model',
        url: '/d/shop-overview?${__url_time_range}&${datasource:queryparam}&var-model=${__field.labels.model:percentencode}',
      },
    ]);
    // In a table only the first column has links. Its cells can show names of the values, so the link uses the raw value.
    expect(table?.defaults.links).toBeUndefined();
    expect(table?.overrides).toContainEqual({
      matcher: { id: 'byName', options: 'model' },
      properties: [
        {
          id: 'links',
          value: [
            expect.objectContaining({
              title: 'Detail',
              url: '/d/stock?${__url_time_range}&${datasource:queryparam}&${model:queryparam}&var-item=${__value.raw:percentencode}',
            }),
          ],
        },
      ],
    });
    expect(() => buildDashboards(source)).toThrow('no pack has a dashboard stock');
  });

  it('is listed in plugin.json', () => {
    const manifest = '{\n  "keywords": ["a"],\n  "includes": [],\n  "dependencies": { "plugins": [] }\n}\n';
    const updated = withIncludes(manifest, [buildDashboard(panel(1))]);
    expect(JSON.parse(updated)).toEqual({
      keywords: ['a'],
      includes: [{ type: 'dashboard', name: 'Shop Overview', path: 'dashboards/shop-overview.json' }],
      dependencies: { plugins: [] },
    });
    expect(withIncludes(updated, [buildDashboard(panel(1))])).toBe(updated);
    expect(() => withIncludes('{}', [])).toThrow('no list of includes');
  });
});
