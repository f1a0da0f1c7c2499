import type { PackPanel } from './pack';
import { buildDashboard, buildPanels, panel } from './testPack';

describe('a panel of a pack', () => {
  it('has the properties of its metric by default', () => {
    expect(buildPanels(panel(7, { params: { model: ['$model'] } }))).toEqual([
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
            noValue: 'No data',
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

  it('has the properties of the pack', () => {
    const [built] = buildPanels(
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
    expect(built).toMatchObject({
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
    expect(built.fieldConfig?.defaults.min).toBeUndefined();
  });

  it('has a window and exemplars for each query', () => {
    const [built] = buildPanels(
      panel(1, { exemplars: true, and: [{ metric: 'wait', group_by: null, window: '1h' }] }),
      panel(2)
    );
    expect(built.targets).toMatchObject([{ exemplar: true }, { window: '1h' }]);
    expect(built.targets?.[0]).not.toHaveProperty('window');
    expect(built.targets?.[1]).not.toHaveProperty('exemplar');
  });

  it('has decimals for each query', () => {
    const [built] = buildPanels(
      panel(1, { show: 'stat', decimals: 1, and: [{ metric: 'orders', group_by: null, decimals: 0 }] })
    );
    expect(built.fieldConfig).toMatchObject({
      defaults: { decimals: 1 },
      overrides: [{ matcher: { options: 'B' }, properties: [{ id: 'decimals', value: 0 }] }],
    });
  });

  it('fills the area of a single line, and has a soft maximum of its axis', () => {
    const [single, several, ungrouped] = buildPanels(
      panel(1, { metric: 'total', soft_max: 5 }),
      panel(2),
      panel(3, { metric: 'raw' })
    );
    expect(ungrouped.fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 0 });
    expect(single.fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 10, axisSoftMax: 5 });
    expect(several.fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 0 });
    expect(several.fieldConfig?.defaults.custom).not.toHaveProperty('axisSoftMax');
  });

  it('has an automatic legend if its grouping is not the metric’s default', () => {
    const [otherGrouping, sameGrouping] = buildPanels(
      panel(1, { group_by: ['tenant'] }),
      panel(2, { group_by: ['model'] })
    );
    expect(otherGrouping.targets).toEqual([expect.objectContaining({ groupBy: ['tenant'], legendFormat: '__auto' })]);
    expect(sameGrouping.targets).toEqual([expect.objectContaining({ legendFormat: '{{model}}' })]);
  });

  it('has a second axis for a further metric with another unit', () => {
    const [built] = buildPanels(
      panel(1, {
        and: [
          { metric: 'wait', group_by: null },
          { metric: 'total', group_by: null },
        ],
      })
    );
    expect(built.targets).toMatchObject([
      { refId: 'A' },
      { refId: 'B', metric: 'wait' },
      { refId: 'C', metric: 'total' },
    ]);
    expect(built.fieldConfig?.overrides).toEqual([
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

  it('has the thresholds of each metric', () => {
    const withTwoMetrics: PackPanel[] = ['stat', 'gauge', 'bar_gauge', 'lines'].map((show, i) =>
      panel(i + 1, { show, and: [{ metric: 'wait', group_by: null }] })
    );
    for (const { fieldConfig } of buildPanels(...withTwoMetrics)) {
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

  it('keeps its id when other panels are added', () => {
    const ids = (...panels: PackPanel[]) => buildPanels(...panels).map(({ id, title }) => [id, title]);
    expect(ids(panel(1))).toEqual([[1, 'Orders']]);
    expect(ids(panel(2, { metric: 'wait' }), panel(1))).toEqual([
      [2, 'Wait'],
      [1, 'Orders'],
    ]);
  });

  it('moves to the next line if it does not fit', () => {
    const placed = buildPanels(
      panel(1, { width: 16, height: 4 }),
      panel(2, { width: 8 }),
      panel(3),
      panel(4, { width: 24 })
    );
    expect(placed.map(({ gridPos }) => [gridPos?.x, gridPos?.y])).toEqual([
      [0, 1],
      [16, 1],
      [0, 9],
      [0, 17],
    ]);
  });

  it('with an unknown visualization is an error with its location', () => {
    expect(() => buildDashboard(panel(3, { show: 'linez' }))).toThrow(
      'pack shop, dashboard shop-overview, panel 3 (orders): show is "linez". It must be one of areas, bar_gauge'
    );
  });
});
