/** Visualizations of the last values: numbers, shares and tables. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TableCellDisplayMode,
  TableSortByFieldStateBuilder,
  VisibilityMode,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import {
  PieChartLabels,
  PieChartLegendOptionsBuilder,
  PieChartLegendValues,
  PieChartType,
  PanelBuilder as PieChart,
} from '@grafana/grafana-foundation-sdk/piechart';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';

import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

import { Catalog } from './catalog';
import type { Column, PackPanel } from './pack';
import {
  catalogPanel,
  colorSeries,
  groupingOf,
  isOneNumber,
  limit,
  limitFromZero,
  queries,
  setMetricsApart,
  thresholds,
} from './panels';
import { byThreshold, lastValue, legend, palette, stateMapping, tooltip } from './style';

/** A number and its course over the time range, coloured by its thresholds; named where there are several. */
export function stat(panel: PackPanel, catalog: Catalog): Stat {
  const drawn = catalogPanel(new Stat(), catalog, panel, 'range')
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .textMode(isOneNumber(panel, catalog) ? BigValueTextMode.Value : BigValueTextMode.Auto);
  return setMetricsApart(limit(drawn, panel), catalog, panel);
}

/** A coloured tile for each series, with the text of its state. */
export const tiles = (panel: PackPanel, catalog: Catalog) =>
  catalogPanel(new Stat(), catalog, panel, 'instant')
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .mappings([stateMapping(panel.states)]);

/** How much of a limit is reached. */
export const gauge = (panel: PackPanel, catalog: Catalog) =>
  setMetricsApart(limitFromZero(catalogPanel(new Gauge(), catalog, panel, 'instant'), panel), catalog, panel)
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .showThresholdMarkers(true);

/** In a narrower panel the names beside the bars would be cut off: there they stand above them. */
const WIDTH_FOR_NAMES = 8;

/** A bar for each series, coloured by its thresholds. */
export const barGauge = (panel: PackPanel, catalog: Catalog) =>
  setMetricsApart(limitFromZero(catalogPanel(new BarGauge(), catalog, panel, 'instant'), panel), catalog, panel)
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(
      panel.width && panel.width < WIDTH_FOR_NAMES ? BarGaugeNamePlacement.Top : BarGaugeNamePlacement.Left
    )
    // Grafana's own sizes follow the height of the bars, and differ between two panels side by side.
    .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(16))
    .showUnfilled(true);

/** Shares of a whole. */
export const pie = (panel: PackPanel, catalog: Catalog) =>
  colorSeries(catalogPanel(new PieChart(), catalog, panel, 'instant'), panel)
    .pieType(PieChartType.Donut)
    .reduceOptions(lastValue())
    .colorScheme(palette())
    .displayLabels([PieChartLabels.Percent])
    .legend(
      new PieChartLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .values([PieChartLegendValues.Value, PieChartLegendValues.Percent])
    )
    .tooltip(tooltip());

/** A bar for each value of the label `bar`, stacked of one piece for each value of the label `piece`. */
export function bars(panel: PackPanel, catalog: Catalog): BarChart {
  const drawn = catalogPanel(new BarChart(), catalog, panel, 'table').withTransformation({
    id: 'groupingToMatrix',
    options: { rowField: panel.bar, columnField: panel.piece, valueField: 'Value', emptyValue: 'null' },
  });
  drawn.orientation(VizOrientation.Horizontal).stacking(StackingMode.Normal);
  limitFromZero(drawn, panel)
    .barWidth(0.8)
    .fillOpacity(80)
    .showValue(VisibilityMode.Never)
    .colorScheme(palette())
    .legend(legend())
    .tooltip(tooltip());
  return colorSeries(drawn, panel);
}

/** Narrow enough for ten columns beside each other; Grafana's 150 pixels make a table scroll sideways. */
const NARROWEST_COLUMN = 90;

/**
 * A row for each series of the first metric, the highest value first: a column for each label, or those that the pack
 * lists, and one for the value of each metric. Further metrics are joined to the rows by the one label of their grouping.
 */
export function table(panel: PackPanel, catalog: Catalog): Table {
  const [first, ...further] = queries(panel).map(([, query]) => ({
    ...query,
    metric: catalog.metric(query.metric),
    heading: query.legend ?? catalog.metric(query.metric).title,
  }));
  const drawn = catalogPanel(new Table(), catalog, panel, 'table').minWidth(NARROWEST_COLUMN);
  if (further.length > 0) {
    const [byField] = groupingOf(further[0].metric, further[0].group_by);
    drawn.withTransformation({ id: 'joinByField', options: { byField, mode: 'outer' } });
  }
  drawn.withTransformation({ id: 'organize', options: organized(panel, first.heading, catalog) });
  drawn.sortBy([new TableSortByFieldStateBuilder().displayName(first.heading).desc(true)]);
  for (const { metric, decimals, heading } of [first, ...further]) {
    const own: DynamicConfigValue[] = metric.thresholds
      ? [{ id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } }]
      : [];
    if (metric !== first.metric) {
      own.push(
        { id: 'unit', value: metric.unit },
        { id: 'decimals', value: decimals ?? null },
        { id: 'thresholds', value: thresholds(metric).build() },
        // A cell without a value stands among others that have one: the panel's text would be too long for it, and wrong.
        { id: 'noValue', value: '–' }
      );
    }
    if (own.length > 0) {
      drawn.overrideByName(heading, own);
    }
  }
  return drawn;
}

/** Which fields a table has, in which order and under which headings. */
function organized(panel: PackPanel, heading: string, catalog: Catalog) {
  const labels = groupingOf(catalog.metric(panel.metric), panel.group_by);
  const columns = columnsOf(panel, catalog);
  const shown = columns.map(({ label }) => label);
  const hidden = ['Time', ...labels.filter((label) => !shown.includes(label))];
  const values = ['Value', ...queries(panel).flatMap(([, { legend }]) => legend ?? [])];
  return {
    excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
    indexByName: Object.fromEntries([...shown, ...values].map((name, index) => [name, index])),
    renameByName: Object.fromEntries([...columns.map(({ label, title }) => [label, title]), ['Value', heading]]),
  };
}

/** The heading of a table's first column. */
export const firstColumn = (panel: PackPanel, catalog: Catalog): string => columnsOf(panel, catalog)[0].title;

/** A table's labels. Without the pack's word they are in the order in which the data source has them. */
const columnsOf = ({ columns, metric, group_by }: PackPanel, catalog: Catalog): Column[] =>
  columns ?? [...groupingOf(catalog.metric(metric), group_by)].sort().map((label) => ({ label, title: label }));
