import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import schema from '../../pkg/packfile/pack.schema.json';
import { Catalog } from './catalog';
import { dashboards } from './dashboard';
import type { ReportPanel } from './pack';
import { reportVisualizations } from './reports';
import { pack } from './testPack';

const COLUMNS = {
  'costs.budgetAnalysis': [
    { name: 'endpoint_id', title: 'Endpoint' },
    { name: 'monthlyBudget', title: 'Monthly budget' },
    { name: 'burnRate', title: 'Cost of the last day' },
  ],
};

const budget: ReportPanel = {
  id: 3,
  section: 'costs.budgetAnalysis',
  endpoints: ['$endpoint'],
  show: 'table',
  title: 'Budget',
  description: 'What is left.',
  columns: [
    { field: 'monthlyBudget', title: 'Budget', width: 200 },
    { field: 'endpoint_id', title: 'Endpoint' },
  ],
  links: [{ title: 'Only this one', choose: { model: 'endpoint_id' } }],
};

/** Builds a dashboard with one row of report panels and returns the panels. */
function build(...reports: ReportPanel[]): Panel[] {
  const shop = pack();
  shop.dashboards![0].rows = [{ title: 'Report', panels: null, reports }];
  const [built] = JSON.parse(JSON.stringify(dashboards(new Catalog([shop], COLUMNS))));
  return built.panels.slice(1);
}

describe('a panel of a report', () => {
  it('queries its section for the endpoints', () => {
    const [followsRange, week] = build(budget, { ...budget, id: 4, timeframe: '7d' });
    expect(followsRange).toMatchObject({
      id: 3,
      type: 'table',
      title: 'Budget',
      description: 'What is left.',
      gridPos: { x: 0, y: 1, w: 12, h: 8 },
      targets: [
        {
          refId: 'A',
          queryType: 'report',
          endpointIds: ['$endpoint'],
          section: 'costs.budgetAnalysis',
          timeframe: 'auto',
        },
      ],
      fieldConfig: { defaults: { noValue: 'No data' } },
    });
    expect(followsRange.fieldConfig?.defaults).not.toHaveProperty('unit');
    expect(week.targets).toMatchObject([{ timeframe: '7d' }]);
  });

  it('has the columns of the pack, with links in the first and dashes in empty cells', () => {
    const dash = { id: 'noValue', value: '–' };
    const [table] = build(budget);
    expect(table.transformations).toEqual([
      {
        id: 'organize',
        options: {
          excludeByName: { 'Cost of the last day': true },
          indexByName: { 'Monthly budget': 0, Endpoint: 1 },
          renameByName: { 'Monthly budget': 'Budget', Endpoint: 'Endpoint' },
        },
      },
    ]);
    expect(table.fieldConfig?.overrides).toMatchObject([
      { matcher: { options: 'Budget' }, properties: [{ id: 'custom.width', value: 200 }, {}, dash] },
      { matcher: { options: 'Endpoint' }, properties: [dash] },
      {
        matcher: { options: 'Budget' },
        properties: [{ id: 'links', value: [{ url: expect.stringContaining('${__data.fields.endpoint_id:') }] }],
      },
    ]);
  });

  it('can be a number or lines', () => {
    const [stat, lines] = build(
      { ...budget, show: 'stat', section: 'summary.successRate', columns: null },
      { ...budget, id: 4, show: 'lines', section: 'performance.latency.timeSeries', columns: null }
    );
    expect(stat).toMatchObject({ type: 'stat', fieldConfig: { defaults: { links: [{ title: 'Only this one' }] } } });
    expect(lines).toMatchObject({ type: 'timeseries', targets: [{ section: 'performance.latency.timeSeries' }] });
  });

  it('with an unknown column is an error', () => {
    expect(() => build({ ...budget, columns: [{ field: 'gone', title: 'Gone' }] })).toThrow(
      'panel 3: costs.budgetAnalysis has no column gone'
    );
  });

  it('has the visualizations of the schema', () => {
    expect(Object.keys(reportVisualizations)).toEqual(schema.$defs.reportPanel.properties.show.enum);
  });
});
