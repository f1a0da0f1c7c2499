/** Visualizations of the last values, without a time axis: numbers, shares and tables. */
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
  ReduceDataOptionsBuilder,
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
  EMPTY_CELL,
  groupingOf,
  isOneNumber,
  limit,
  limitFromZero,
  queries,
  distinguishMetrics,
  thresholds,
} from './panels';
import { byThreshold, lastValue, legend, mappings, MIN_COLUMN_WIDTH, palette, tooltip } from './style';

/**
 * The current number of each series, colored by the thresholds. There is no graph, because it would require all values of
 * the time range, and Grafana would show the last of them, however old it is. If the panel can have several series,
 * Grafana shows the names of several numbers.
 */
export function stat(panel: PackPanel, catalog: Catalog): Stat {
  if (panel.worst !== undefined) {
    return limit(worstSeries(new Stat(), catalog, panel, panel.worst), panel)
      .colorMode(BigValueColorMode.Background)
      .graphMode(BigValueGraphMode.None)
      .textMode(BigValueTextMode.ValueAndName);
  }
  const builder = catalogPanel(new Stat(), catalog, panel, 'instant')
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .mappings(mappings(panel))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(isOneNumber(panel, catalog) ? BigValueTextMode.Value : BigValueTextMode.Auto);
  return distinguishMetrics(limit(builder, panel), catalog, panel);
}

/**
 * Sets the properties of a panel with the worst series of a metric, of which there are at most `count`. Grafana sorts the
 * rows of a table, and shows a value for each row, with the labels in the row as its name.
 */
function worstSeries<B extends Stat | BarGauge>(builder: B, catalog: Catalog, panel: PackPanel, count: number): B {
  const highest = catalog.metric(panel.metric).thresholds?.at(-1);
  const worstIsHighest = highest?.color !== 'green';
  catalogPanel(builder, catalog, panel, 'table')
    .withTransformation({ id: 'sortBy', options: { fields: {}, sort: [{ field: 'Value', desc: worstIsHighest }] } })
    .withTransformation({ id: 'limit', options: { limitField: count } });
  builder
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(true).limit(count))
    .colorScheme(byThreshold())
    .mappings(mappings(panel));
  return builder;
}

/** A colored tile for each series, with the text of its state. */
export const tiles = (panel: PackPanel, catalog: Catalog) =>
  catalogPanel(new Stat(), catalog, panel, 'instant')
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .mappings(mappings(panel));

/** A gauge for each series, on a scale that ends at `max`. */
export const gauge = (panel: PackPanel, catalog: Catalog) =>
  distinguishMetrics(limitFromZero(catalogPanel(new Gauge(), catalog, panel, 'instant'), panel), catalog, panel)
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .mappings(mappings(panel))
    .showThresholdMarkers(true);

/**
 * The minimum width, in columns of the grid, of a panel with names to the left of the bars. In a narrower panel the
 * names are above the bars.
 */
const MIN_WIDTH_FOR_NAMES = 12;

/** A bar for each series, colored by the thresholds of the metric. */
export const barGauge = (panel: PackPanel, catalog: Catalog) =>
  limitFromZero(seriesBars(panel, catalog), panel)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(
      panel.width && panel.width < MIN_WIDTH_FOR_NAMES ? BarGaugeNamePlacement.Top : BarGaugeNamePlacement.Left
    )
    // Grafana's default text sizes depend on the height of the bars, so they would differ in adjacent panels.
    .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(16))
    .showUnfilled(true);

const seriesBars = (panel: PackPanel, catalog: Catalog) =>
  panel.worst === undefined
    ? distinguishMetrics(catalogPanel(new BarGauge(), catalog, panel, 'instant'), catalog, panel)
        .reduceOptions(lastValue())
        .colorScheme(byThreshold())
        .mappings(mappings(panel))
    : worstSeries(new BarGauge(), catalog, panel, panel.worst);

/** The share of each series in the sum. */
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

/**
 * A bar for each value of the label that `bar` names, with a stacked segment for each value of the label that `piece`
 * names.
 */
export function bars(panel: PackPanel, catalog: Catalog): BarChart {
  // The transformation drops the value mappings that show names in other tables.
  const named = [panel.bar, panel.piece].some((label) => catalog.hasNames(panel.metric, label));
  const builder = catalogPanel(new BarChart(), catalog, panel, 'table', named ? 'cells' : undefined).withTransformation(
    {
      id: 'groupingToMatrix',
      options: { rowField: panel.bar, columnField: panel.piece, valueField: 'Value', emptyValue: 'null' },
    }
  );
  builder.orientation(VizOrientation.Horizontal).stacking(StackingMode.Normal);
  limitFromZero(builder, panel)
    .barWidth(0.8)
    .fillOpacity(80)
    .showValue(VisibilityMode.Never)
    .colorScheme(palette())
    .legend(legend())
    .tooltip(tooltip());
  return colorSeries(builder, panel);
}

/**
 * A table with a row for each series of the first metric, sorted by value in descending order. It has a column for each
 * label, or for each label that the pack lists, and a column for the value of each metric. Further metrics are grouped
 * by one label, and their values are in the rows with the same value of this label. If only a further metric has a
 * certain value of this label, the table has an additional row for it.
 */
export function table(panel: PackPanel, catalog: Catalog): Table {
  const [first, ...further] = queries(panel).map(([, query]) => ({
    ...query,
    metric: catalog.metric(query.metric),
    heading: query.legend ?? catalog.metric(query.metric).title,
  }));
  const builder = catalogPanel(new Table(), catalog, panel, 'table')
    .minWidth(MIN_COLUMN_WIDTH)
    .mappings(mappings(panel));
  if (further.length > 0) {
    const [byField] = groupingOf(further[0].metric, further[0].group_by);
    builder.withTransformation({ id: 'joinByField', options: { byField, mode: 'outer' } });
  }
  builder.withTransformation({ id: 'organize', options: organizeOptions(panel, first.heading, catalog) });
  builder.sortBy([new TableSortByFieldStateBuilder().displayName(first.heading).desc(true)]);
  for (const { title, width } of columnsOf(panel, catalog)) {
    if (width) {
      builder.overrideByName(title, [{ id: 'custom.width', value: width }]);
    }
  }
  for (const { metric, decimals, heading } of [first, ...further]) {
    const overrides: DynamicConfigValue[] = metric.thresholds
      ? [{ id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } }]
      : [];
    if (metric !== first.metric) {
      overrides.push(
        { id: 'unit', value: metric.unit },
        { id: 'decimals', value: decimals ?? null },
        { id: 'thresholds', value: thresholds(metric).build() },
        EMPTY_CELL
      );
    }
    if (overrides.length > 0) {
      builder.overrideByName(heading, overrides);
    }
  }
  return builder;
}

/** Returns the options of the transformation that hides, orders and renames the fields of a table. */
function organizeOptions(panel: PackPanel, heading: string, catalog: Catalog) {
  const labels = groupingOf(catalog.metric(panel.metric), panel.group_by);
  const columns = columnsOf(panel, catalog);
  const visible = columns.map(({ label }) => label);
  const hidden = ['Time', ...labels.filter((label) => !visible.includes(label))];
  const values = ['Value', ...queries(panel).flatMap(([, { legend }]) => legend ?? [])];
  return {
    excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
    indexByName: Object.fromEntries([...visible, ...values].map((name, index) => [name, index])),
    renameByName: Object.fromEntries([...columns.map(({ label, title }) => [label, title]), ['Value', heading]]),
  };
}

/** Returns a table's columns for labels. By default they are sorted by name, as in the data source's response. */
export const columnsOf = ({ columns, metric, group_by }: PackPanel, catalog: Catalog): Column[] =>
  columns ?? [...groupingOf(catalog.metric(metric), group_by)].sort().map((label) => ({ label, title: label }));
