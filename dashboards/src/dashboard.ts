import {
  Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { alertStates, events } from './annotations';
import { firstColumn } from './atlast';
import { Catalog } from './catalog';
import { dashboardsMenu, dataLinks } from './links';
import type { Pack, PackDashboard, PackPanel, PackRow } from './pack';
import type { PanelBuilder } from './panels';
import { datasourceVariable, filterVariable } from './variables';
import { visualizations } from './visualizations';

/** The newest schema that Grafana 10.4 knows; later versions migrate it upwards, none downwards. */
const SCHEMA_VERSION = 39;

/** Every dashboard of ours has it, so that they are found together. */
const TAG = 'modelmetrics';

const GRID_COLUMNS = 24;
const ROW_HEIGHT = 1;
const FIRST_ROW_ID = 101;

/** The dashboards of every pack, in the packs' order. */
export const dashboards = (catalog: Catalog): Dashboard[] =>
  catalog.packs.flatMap((pack) => (pack.dashboards ?? []).map((described) => dashboard(pack, described, catalog)));

/** Builds a classic dashboard. Panels have the pack's numbers, rows are counted from 101. */
function dashboard(pack: Pack, described: PackDashboard, catalog: Catalog): Dashboard {
  const builder = new DashboardBuilder(described.title)
    .uid(described.uid)
    .description(described.description)
    .tags([TAG, ...(described.tags ?? [])])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${described.range ?? '6h'}`, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .version(1)
    .link(dashboardsMenu(TAG))
    .annotation(alertStates())
    .withVariable(datasourceVariable());
  (described.annotations ?? []).forEach((annotation) => builder.annotation(events(annotation, catalog)));
  (described.variables ?? []).forEach((variable) => builder.withVariable(filterVariable(variable, catalog)));
  addRows(
    builder,
    described.rows.map((row) => layOut(row, described, catalog, `pack ${pack.pack}, dashboard ${described.uid}`))
  );
  return { ...builder.build(), id: null, schemaVersion: SCHEMA_VERSION };
}

interface Row {
  title: string;
  collapsed: boolean;
  panels: Array<{ panel: PanelBuilder; width: number; height: number }>;
}

const layOut = (
  { title, collapsed = false, panels }: PackRow,
  on: PackDashboard,
  catalog: Catalog,
  where: string
): Row => ({
  title,
  collapsed,
  panels: panels.map((panel) => {
    const visualization = visualizations[panel.show];
    if (!visualization) {
      const known = Object.keys(visualizations).join(', ');
      throw new Error(
        `${where}, panel ${panel.id} (${panel.metric}): show is "${panel.show}", and has to be one of ${known}`
      );
    }
    const drawn = visualization.build(panel, catalog).id(panel.id);
    return {
      panel: panel.links ? withLinks(drawn, panel, on, catalog) : drawn,
      width: panel.width ?? visualization.width,
      height: panel.height ?? visualization.height,
    };
  }),
});

/** What a click on a series offers. In a table that is its first column: with all cells in links it would be all blue. */
function withLinks(drawn: PanelBuilder, panel: PackPanel, on: PackDashboard, catalog: Catalog): PanelBuilder {
  const links = dataLinks(panel, on, catalog);
  if (panel.show !== 'table') {
    return drawn.dataLinks(links);
  }
  const value = links.map((link) => link.build());
  return drawn.overrideByName(firstColumn(panel, catalog), [{ id: 'links', value }]);
}

/** Lays panels out from left to right under their rows. Grafana keeps them beside an expanded row and within a collapsed one. */
function addRows(builder: DashboardBuilder, rows: Row[]) {
  let y = 0;
  rows.forEach(({ title, collapsed, panels }, i) => {
    const row = new RowBuilder(title)
      .id(FIRST_ROW_ID + i)
      .collapsed(collapsed)
      .gridPos({ x: 0, y, w: GRID_COLUMNS, h: ROW_HEIGHT });
    const placed = place(panels, y + ROW_HEIGHT);
    if (collapsed) {
      placed.forEach(({ panel }) => row.withPanel(panel));
      builder.withRow(row);
      y += ROW_HEIGHT;
    } else {
      builder.withRow(row);
      placed.forEach(({ panel }) => builder.withPanel(panel));
      y = Math.max(...placed.map(({ bottom }) => bottom));
    }
  });
}

/** Gives panels their places from left to right and, where the next one does not fit, on the next line. */
function place(panels: Row['panels'], top: number) {
  let [x, y, lineHeight] = [0, top, 0];
  return panels.map(({ panel, width, height }) => {
    if (x + width > GRID_COLUMNS) {
      [x, y, lineHeight] = [0, y + lineHeight, 0];
    }
    const position = { x, y, w: width, h: height };
    x += width;
    lineHeight = Math.max(lineHeight, height);
    return { panel: panel.gridPos(position), bottom: y + lineHeight };
  });
}
