import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import { widthOf } from './textwidth';

// The width of a dashboard in the narrowest supported window of 1366 pixels, without Grafana's menu and margins.
// Grafana 12 docks the menu in windows of 1200 pixels or more.
const GRID = 1366 - 300 - 32;
const [COLUMNS, GAP, GRID_ROW] = [24, 8, 30];

const widthOfColumns = (count: number) => ((GRID - (COLUMNS - 1) * GAP) / COLUMNS) * count + (count - 1) * GAP;
const heightOfRows = (count: number) => GRID_ROW * count + GAP * (count - 1);

// The space next to a title in Grafana 12: padding, a gap, the icon of the description, and the menu that is shown on
// hover.
const TITLE_MARGIN = 12 + 14 + 32 + 47;
const ALERT_ICON = 32;
// The space next to a heading of a table: the padding of the cell and the arrow of the sort order.
const HEADING_MARGIN = 12 + 20;
const TABLE_PADDING = 18;
// The space above and below an axis: the title, the times and two lines of legend. The axis label is smaller than a
// title.
const AXIS_MARGIN = 40 + 30 + 60;
const AXIS_LABEL_SIZE = 12 / 14;

const root = join(__dirname, '..', '..');
const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));

const alerting = filesOf('provisioning/alerting', '.yaml').join('\n');
const alerts = [...alerting.matchAll(/dashboardUid: (\S+)\s+panelId: (\d+)/g)].map(([, uid, id]) => `${uid} ${id}`);

const panels = filesOf('dashboards', '.json')
  .map((text): Dashboard => JSON.parse(text))
  .flatMap(({ uid, panels = [] }) =>
    panels
      .flatMap((panel) => ('panels' in panel && panel.type === 'row' ? panel.panels : [panel as Panel]))
      .map((panel) => ({ uid, panel, hasAlert: alerts.includes(`${uid} ${panel.id}`) }))
  );

/** Returns the texts of a panel, each with its width and with the available width in the narrowest window. */
function texts(panel: Panel, hasAlert: boolean): Array<[string, number, number]> {
  const { title = '', type, gridPos, transformations, fieldConfig } = panel;
  const [width, height] = [widthOfColumns(gridPos!.w), heightOfRows(gridPos!.h)];
  const all: Array<[string, number, number]> = [
    [title, widthOf(title), width - TITLE_MARGIN - (hasAlert ? ALERT_ICON : 0)],
  ];
  if (type === 'table') {
    const { renameByName, indexByName } = transformations!.find(({ id }) => id === 'organize')!.options;
    const headings = new Set(Object.keys(indexByName).map((name) => renameByName[name] ?? name));
    const available = (width - TABLE_PADDING) / headings.size - HEADING_MARGIN;
    all.push(...[...headings].map((text): [string, number, number] => [text, widthOf(text), available]));
  }
  const label: string = fieldConfig?.defaults.custom?.axisLabel ?? '';
  all.push([label, widthOf(label) * AXIS_LABEL_SIZE, height - AXIS_MARGIN]);
  return all;
}

describe('text on a dashboard', () => {
  // Numbers and names in stats and tiles are not checked, because Grafana adjusts their size.
  it('fits', () => {
    const truncated = panels.flatMap(({ uid, panel, hasAlert }) =>
      texts(panel, hasAlert)
        .filter(([, width, available]) => width > available)
        .map(([text, width, available]) => `${uid}: ${text}, ${Math.ceil(width)} pixels in ${Math.floor(available)}`)
    );
    expect(truncated).toEqual([]);
    expect(panels.length).toBeGreaterThan(100);
    expect(panels.filter(({ hasAlert }) => hasAlert).length).toBeGreaterThan(10);
  });

  it('is measured by its characters', () => {
    // 260 and 269 pixels are the widths in Chromium.
    expect(widthOf('Catastrophic commands in 10 minutes')).toBeGreaterThan(260);
    expect(widthOf('Catastrophic commands in 10 minutes')).toBeLessThan(260 * 1.05);
    expect(widthOf('Rate-limited by a provider in 15 minutes')).toBeGreaterThan(269);
    expect(widthOf('Rate-limited by a provider in 15 minutes')).toBeLessThan(269 * 1.05);
    expect(widthOf('Ωω')).toBeGreaterThan(28);
  });
});
