import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Dashboard, MappingType, type Panel, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

import { widthOf } from './textwidth';

// The widths of common windows, from the narrowest supported one. Grafana 12 docks the menu in windows of 1200 pixels or
// more.
const WINDOWS = [1366, 1440];
const MENU_AND_MARGINS = 300 + 32;
const [COLUMNS, GAP, GRID_ROW] = [24, 8, 30];

const widthOfColumns = (window: number, count: number) =>
  ((window - MENU_AND_MARGINS - (COLUMNS - 1) * GAP) / COLUMNS) * count + (count - 1) * GAP;
const heightOfRows = (count: number) => GRID_ROW * count + GAP * (count - 1);

// The space next to a title in Grafana 12: padding, a gap, the icon of the description, and the menu that is shown on
// hover.
const TITLE_MARGIN = 12 + 14 + 32 + 47;
const ALERT_ICON = 32;
// The space next to a heading of a table: the padding of the cell and the arrow of the sort order.
const HEADING_MARGIN = 12 + 20;
const TABLE_PADDING = 18;
// The space next to the names in a legend at the bottom: the panel's padding, the color of the series, and the gaps.
const LEGEND_MARGIN = 32 + 14 + 18;
const LEGEND_SIZE = 12 / 14;
// The space next to the value of a stat, and the smallest size in which it is readable from a distance.
const STAT_MARGIN = 32;
const STAT_SIZE = 24 / 14;
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

/** Returns the texts of a panel, each with its width and with the available width in a window. */
function texts(panel: Panel, hasAlert: boolean, window: number): Array<[string, number, number]> {
  const { title = '', type, gridPos, transformations, fieldConfig, targets = [] } = panel;
  const [width, height] = [widthOfColumns(window, gridPos!.w), heightOfRows(gridPos!.h)];
  const all: Array<[string, number, number]> = [
    [title, widthOf(title), width - TITLE_MARGIN - (hasAlert ? ALERT_ICON : 0)],
  ];
  if (type === 'table') {
    const { renameByName, indexByName } = transformations!.find(({ id }) => id === 'organize')!.options;
    const headings = new Set(Object.keys(indexByName).map((name) => renameByName[name] ?? name));
    const available = (width - TABLE_PADDING) / headings.size - HEADING_MARGIN;
    all.push(...[...headings].map((text): [string, number, number] => [text, widthOf(text), available]));
  }
  if (type === 'timeseries') {
    const names = targets.map((target) => withoutLabels('legendFormat' in target ? String(target.legendFormat) : ''));
    all.push(
      ...names.map((text): [string, number, number] => [text, widthOf(text) * LEGEND_SIZE, width - LEGEND_MARGIN])
    );
  }
  if (type === 'stat') {
    const mapped = (fieldConfig?.defaults.mappings ?? []).flatMap(textsOf);
    all.push(...mapped.map((text): [string, number, number] => [text, widthOf(text) * STAT_SIZE, width - STAT_MARGIN]));
  }
  const label: string = fieldConfig?.defaults.custom?.axisLabel ?? '';
  all.push([label, widthOf(label) * AXIS_LABEL_SIZE, height - AXIS_MARGIN]);
  return all;
}

/** Returns a legend with a typical value in place of each label. */
const withoutLabels = (legend: string) => legend.replace(/\{\{.*?\}\}/g, 'fraud-detector');

/** Returns the texts that a stat shows in place of values. */
const textsOf = ({ type, options }: ValueMapping): string[] =>
  (type === MappingType.ValueToText ? Object.values(options) : [options.result]).flatMap(({ text }) => text ?? []);

describe('text on a dashboard', () => {
  // Grafana adjusts the size of numbers in stats and of names in tiles. The browser specs check these.
  it.each(WINDOWS)('fits in a window of %i pixels', (window) => {
    const truncated = panels.flatMap(({ uid, panel, hasAlert }) =>
      texts(panel, hasAlert, window)
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
