import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import type { CatalogQuery } from '../../src/shared/types';
import schema from '../../pkg/packfile/pack.schema.json';
import type { Pack } from './pack';
import { buildDashboards, buildPanels, pack, panel } from './testPack';
import { visualizations } from './visualizations';

describe('visualizations', () => {
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
    ['stat', 'stat', { instant: true, format: 'time_series' }],
    ['steps', 'timeseries', { range: true, format: 'time_series' }],
    ['table', 'table', { instant: true, format: 'table' }],
    ['tiles', 'stat', { instant: true, format: 'time_series' }],
    ['timeline', 'state-timeline', { range: true, format: 'time_series' }],
  ])('%s is a %s with a query for its data', (show, type, query) => {
    const [built] = buildPanels(panel(1, { show }));
    expect(built).toMatchObject({ type, targets: [query] });
  });

  it('request names in the cells of a table only if a transformation drops the value mappings', () => {
    const shop: Pack = {
      ...pack(
        panel(1, { show: 'bars', bar: 'model', piece: 'tenant' }),
        panel(2, { show: 'bars', bar: 'tenant', piece: 'tenant' }),
        panel(3, { show: 'table' }),
        panel(4)
      ),
      label_names: [{ label: 'model', family: 'orders_total', value: 'tenant' }],
    };
    const [{ panels }] = buildDashboards(shop);
    const targets = (panels as Panel[]).slice(1).map(({ targets }) => targets?.[0]);
    expect(targets.map((target) => (target as unknown as CatalogQuery).displayNames)).toEqual([
      'cells',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are listed in the schema', () => {
    expect(Object.keys(visualizations)).toEqual(schema.$defs.panel.properties.show.enum);
  });

  it('have the properties of the pack', () => {
    const states = [
      { value: 0.5, text: 'DEGRADED', color: 'orange' },
      { value: 1, text: 'HEALTHY', color: 'green' },
    ];
    const [timeline, bars, heatmap, gauge, table, one, several, ungrouped] = buildPanels(
      panel(1, { show: 'timeline', states }),
      panel(2, { show: 'bars', bar: 'model', piece: 'tenant' }),
      panel(3, { show: 'heatmap', axis_unit: 's' }),
      panel(4, { show: 'gauge', max: 100 }),
      panel(5, { show: 'table' }),
      panel(6, { show: 'stat', metric: 'total' }),
      panel(7, { show: 'stat' }),
      panel(8, { show: 'stat', metric: 'raw' })
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
    expect([one, several, ungrouped].map(({ options }) => options)).toMatchObject([
      { textMode: 'value' },
      { textMode: 'auto' },
      { textMode: 'auto' },
    ]);
  });
});
