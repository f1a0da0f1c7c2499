import {
  Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { alertList } from './alerts';
import { alertStates, events } from './annotations';
import { columnsOf } from './snapshot';
import { Catalog } from './catalog';
import { dashboardsMenu, dataLinks } from './links';
import type { Pack, PackDashboard, PackPanel, PackRow, ReportPanel } from './pack';
import type { PanelBuilder } from './panels';
import { reportVisualizations } from './reports';
import { adHocFilters, datasourceVariable, filterVariable } from './variables';
import { visualizations } from './visualizations';

/** The newest dashboard schema of Grafana 10.4. Later versions of Grafana migrate dashboards with this schema. */
const SCHEMA_VERSION = 39;

/** The tag of every dashboard of the plugin. The menu of dashboards lists the dashboards with this tag. */
const TAG = 'modelmetrics';

const GRID_COLUMNS = 24;
const ROW_HEIGHT = 1;
const FIRST_ROW_ID = 101;

/** The default size of a panel of a report or a list of alerts, in columns and rows of the grid. */
const DEFAULT_WIDTH = 12;
const DEFAULT_HEIGHT = 8;

/** Builds the dashboards of all packs, in the order of the packs. */
export const dashboards = (catalog: Catalog): Dashboard[] =>
  catalog.packs.flatMap((pack) => (pack.dashboards ?? []).map((definition) => dashboard(pack, definition, catalog)));

/** Builds a dashboard. Panels have the ids that the pack sets, and rows have ids from 101. */
function dashboard(pack: Pack, definition: PackDashboard, catalog: Catalog): Dashboard {
  const builder = new DashboardBuilder(definition.title)
    .uid(definition.uid)
    .description(definition.description)
    .tags([TAG, ...(definition.tags ?? [])])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${definition.range ?? '6h'}`, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .version(1)
    .link(dashboardsMenu(TAG))
    .annotation(alertStates())
    .withVariable(datasourceVariable());
  (definition.annotations ?? []).forEach((annotation) => builder.annotation(events(annotation, catalog)));
  (definition.variables ?? []).forEach((variable) => builder.withVariable(filterVariable(variable, catalog)));
  builder.withVariable(adHocFilters());
  addRows(
    builder,
    definition.rows.map((row) => layOut(row, definition, catalog, `pack ${pack.pack}, dashboard ${definition.uid}`))
  );
  return { ...builder.build(), id: null, schemaVersion: SCHEMA_VERSION };
}

interface Row {
  title: string;
  collapsed: boolean;
  panels: Array<{ panel: Pick<PanelBuilder, 'build' | 'gridPos'>; width: number; height: number }>;
}

const layOut = (
  { title, collapsed = false, panels, reports, alerts }: PackRow,
  dashboard: PackDashboard,
  catalog: Catalog,
  location: string
): Row => ({
  title,
  collapsed,
  panels: [
    ...layOutPanels(panels ?? [], dashboard, catalog, location),
    ...(reports ?? []).map((report) => layOutReport(report, dashboard, catalog)),
    ...(alerts ?? []).map((list) => ({
      panel: alertList(list).id(list.id),
      width: list.width ?? DEFAULT_WIDTH,
      height: list.height ?? DEFAULT_HEIGHT,
    })),
  ],
});

const layOutPanels = (panels: PackPanel[], dashboard: PackDashboard, catalog: Catalog, location: string) =>
  panels.map((panel) => {
    const visualization = visualizations[panel.show];
    if (!visualization) {
      const known = Object.keys(visualizations).join(', ');
      throw new Error(
        `${location}, panel ${panel.id} (${panel.metric}): show is "${panel.show}". It must be one of ${known}.`
      );
    }
    const builder = visualization.build(panel, catalog).id(panel.id);
    return {
      panel: panel.links ? withLinks(builder, panel, dashboard, catalog) : builder,
      width: panel.width ?? visualization.width,
      height: panel.height ?? visualization.height,
    };
  });

function layOutReport(report: ReportPanel, dashboard: PackDashboard, catalog: Catalog) {
  const { id, show, columns, links, width = DEFAULT_WIDTH, height = DEFAULT_HEIGHT } = report;
  const builder = reportVisualizations[show](report, catalog).id(id);
  if (links && show === 'table') {
    const value = dataLinks(report, dashboard, catalog, columns?.[0].field).map((link) => link.build());
    builder.overrideByName(columns?.[0].title ?? '', [{ id: 'links', value }]);
  } else if (links) {
    builder.dataLinks(dataLinks(report, dashboard, catalog));
  }
  return { panel: builder, width, height };
}

/**
 * Adds links to the series of a panel. In a table only the first column has links, because Grafana shows values with
 * links in color.
 */
function withLinks(builder: PanelBuilder, panel: PackPanel, dashboard: PackDashboard, catalog: Catalog): PanelBuilder {
  if (panel.show !== 'table') {
    return builder.dataLinks(dataLinks(panel, dashboard, catalog));
  }
  const links = dataLinks(panel, dashboard, catalog, columnsOf(panel, catalog)[0].label);
  const value = links.map((link) => link.build());
  return builder.overrideByName(columnsOf(panel, catalog)[0].title, [{ id: 'links', value }]);
}

/**
 * Adds rows and their panels. In the JSON, panels are after their row if it is expanded, and inside the row if it is
 * collapsed.
 */
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
      y = Math.max(y + ROW_HEIGHT, ...placed.map(({ bottom }) => bottom));
    }
  });
}

/** Places panels from left to right. A panel that does not fit begins a new line. */
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
