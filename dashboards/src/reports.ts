/** Visualizations for sections of the endpoint report. The units come from the data source's response. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  TableCellDisplayMode,
} from '@grafana/grafana-foundation-sdk/common';
import { DynamicConfigValue, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

import type { ReportQuery } from '../../src/shared/types';
import { Catalog } from './catalog';
import { datasource } from './datasource';
import type { ReportPanel } from './pack';
import { EMPTY_CELL, NO_VALUE, PanelBuilder } from './panels';
import { lastValue, legend, MIN_COLUMN_WIDTH, palette, tooltip } from './style';
import { asTarget } from './target';

type BuildReport = (panel: ReportPanel, catalog: Catalog) => PanelBuilder;

/** The visualizations by their name in a pack (`show`). The names are also listed in the schema and in Go. */
export const reportVisualizations: Record<string, BuildReport> = {
  lines: (panel) =>
    reportPanel(new TimeSeries(), panel)
      .drawStyle(GraphDrawStyle.Line)
      .colorScheme(palette())
      .legend(legend())
      .tooltip(tooltip()),
  stat: (panel) =>
    reportPanel(new Stat(), panel)
      .reduceOptions(lastValue())
      .colorMode(BigValueColorMode.None)
      .graphMode(BigValueGraphMode.None),
  table: reportTable,
};

/** Sets the properties of a report panel that do not depend on its visualization. */
function reportPanel<B extends PanelBuilder>(builder: B, panel: ReportPanel): B {
  const query: ReportQuery = {
    refId: 'A',
    datasource,
    queryType: 'report',
    endpointIds: panel.endpoints,
    section: panel.section,
    timeframe: panel.timeframe ?? 'auto',
  };
  return (
    builder
      .title(panel.title)
      .description(panel.description)
      .datasource(datasource)
      .noValue(panel.no_value ?? NO_VALUE)
      // By default, Grafana shows values of at least 80 in red.
      .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: 'blue' }]))
      .withTarget(asTarget(query))
  );
}

/** Builds a table with the columns that the pack lists, in the same order. */
function reportTable(panel: ReportPanel, catalog: Catalog): Table {
  const available = catalog.reportColumns(panel.section);
  const columns = (panel.columns ?? []).map((column) => {
    const name = available.find((candidate) => candidate.name === column.field)?.title;
    if (name === undefined) {
      throw new Error(`panel ${panel.id}: ${panel.section} has no column ${column.field}`);
    }
    return { ...column, name };
  });
  const visible = columns.map(({ name }) => name);
  const hidden = available.map(({ title }) => title).filter((title) => !visible.includes(title));
  const builder = reportPanel(new Table().minWidth(MIN_COLUMN_WIDTH), panel).withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
      indexByName: Object.fromEntries(visible.map((name, index) => [name, index])),
      renameByName: Object.fromEntries(columns.map(({ name, title }) => [name, title])),
    },
  });
  for (const { title, width } of columns) {
    builder.overrideByName(title, [...(width ? wideColumn(width) : []), EMPTY_CELL]);
  }
  return builder;
}

/** Sets the width of a column with sentences, and wraps them. Grafana 10.4 cannot wrap them, and cuts them off. */
const wideColumn = (width: number): DynamicConfigValue[] => [
  { id: 'custom.width', value: width },
  { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.Auto, wrapText: true } },
];
