import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import { widthOf } from './textwidth';

// The narrowest window that the dashboards are made for, without the menu, which Grafana 12 docks from 1200 pixels on, and
// without Grafana's margins.
const GRID = 1366 - 300 - 32;
const [COLUMNS, GAP, LINE] = [24, 8, 30];

const widthOfColumns = (count: number) => ((GRID - (COLUMNS - 1) * GAP) / COLUMNS) * count + (count - 1) * GAP;
const heightOfLines = (count: number) => LINE * count + GAP * (count - 1);

// Alongside a title in Grafana 12: its padding and a gap, the mark of the description, the menu that is shown under the mouse.
const BESIDE_TITLE = 12 + 14 + 32 + 47;
const ALERT_MARK = 32;
// Beside a heading of a table: the cell's padding and the arrow that it is sorted by.
const BESIDE_HEADING = 12 + 20;
const TABLE_PADDING = 18;
// Above and below an axis: the title, the hours and two lines of legend. Its label is smaller than a title.
const BESIDE_AXIS = 40 + 30 + 60;
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

/** What a panel of a dashboard writes, and the room that it has for it in the narrowest window. */
function texts(panel: Panel, hasAlert: boolean): Array<[string, number, number]> {
  const { title = '', type, gridPos, transformations, fieldConfig } = panel;
  const [width, height] = [widthOfColumns(gridPos!.w), heightOfLines(gridPos!.h)];
  const all: Array<[string, number, number]> = [
    [title, widthOf(title), width - BESIDE_TITLE - (hasAlert ? ALERT_MARK : 0)],
  ];
  if (type === 'table') {
    const { renameByName, indexByName } = transformations!.find(({ id }) => id === 'organize')!.options;
    const headings = new Set(Object.keys(indexByName).map((name) => renameByName[name] ?? name));
    const room = (width - TABLE_PADDING) / headings.size - BESIDE_HEADING;
    all.push(...[...headings].map((text): [string, number, number] => [text, widthOf(text), room]));
  }
  const label: string = fieldConfig?.defaults.custom?.axisLabel ?? '';
  all.push([label, widthOf(label) * AXIS_LABEL_SIZE, height - BESIDE_AXIS]);
  return all;
}

describe('text on a dashboard', () => {
  // Numbers and names within stats and tiles are left out: Grafana writes them as large as they fit.
  it('fits', () => {
    const cut = panels.flatMap(({ uid, panel, hasAlert }) =>
      texts(panel, hasAlert)
        .filter(([, needed, room]) => needed > room)
        .map(([text, needed, room]) => `${uid}: ${text}, ${Math.ceil(needed)} pixels in ${Math.floor(room)}`)
    );
    expect(cut).toEqual([]);
    expect(panels.length).toBeGreaterThan(100);
    expect(panels.filter(({ hasAlert }) => hasAlert).length).toBeGreaterThan(10);
  });

  it('is measured by its letters', () => {
    // As Chromium draws them.
    expect(widthOf('Catastrophic commands in 10 minutes')).toBeGreaterThan(260);
    expect(widthOf('Catastrophic commands in 10 minutes')).toBeLessThan(260 * 1.05);
    expect(widthOf('Rate-limited by a provider in 15 minutes')).toBeGreaterThan(269);
    expect(widthOf('Rate-limited by a provider in 15 minutes')).toBeLessThan(269 * 1.05);
    expect(widthOf('Ωω')).toBeGreaterThan(28);
  });
});
