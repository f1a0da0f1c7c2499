import { buildDashboards, pack, panel } from './testPack';

describe('a list of alerts', () => {
  const build = (platforms?: string[]) => {
    const shop = pack(panel(1));
    shop.dashboards![0].rows[0].alerts = [
      { id: 2, title: 'Firing', description: 'What fires.', platforms, width: 6, height: 4 },
    ];
    const [{ panels }] = buildDashboards(shop);
    return panels?.at(-1);
  };

  it('is after the panels of its row, and has no query', () => {
    const list = build(['shop']);
    expect(list).toMatchObject({
      id: 2,
      type: 'alertlist',
      title: 'Firing',
      description: 'What fires.',
      gridPos: { x: 12, y: 1, w: 6, h: 4 },
      options: { stateFilter: { firing: true, pending: true, error: true, normal: false } },
    });
    expect(list).not.toHaveProperty('targets');
  });

  it.each([
    [undefined, '{platform=~".+"}', false],
    [['shop'], '{platform=~"shop"}', true],
    [['shop', 'stock'], '{platform=~"shop|stock"}', false],
  ])('of the platforms %s has the filter %s, and shows labels: %s', (platforms, filter, showInstances) => {
    expect(build(platforms)).toMatchObject({ options: { alertInstanceLabelFilter: filter, showInstances } });
  });
});

describe('the worst series', () => {
  const build = (thresholds: Array<{ value: number; color: string }>, show: string) => {
    const shop = pack(panel(1, { show, worst: 3 }));
    shop.metrics[0] = { ...shop.metrics[0], thresholds };
    return buildDashboards(shop)[0].panels?.[1];
  };
  const sorted = (desc: boolean) => ({
    targets: [{ format: 'table', instant: true }],
    transformations: [
      { id: 'sortBy', options: { sort: [{ field: 'Value', desc }] } },
      { id: 'limit', options: { limitField: 3 } },
    ],
    options: { reduceOptions: { values: true, limit: 3 } },
  });

  it.each(['bar_gauge', 'stat'])('have the highest values in a %s', (show) => {
    expect(build([{ value: 10, color: 'red' }], show)).toMatchObject(sorted(true));
  });

  it('have the lowest values if high values are good', () => {
    const thresholds = [
      { value: 0, color: 'red' },
      { value: 1, color: 'green' },
    ];
    expect(build(thresholds, 'stat')).toMatchObject(sorted(false));
  });
});
