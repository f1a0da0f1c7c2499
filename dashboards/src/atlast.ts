/** Visualizations of the last values: numbers, shares and tables. */
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
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

import { Catalog } from './catalog';
import type { PackPanel } from './pack';
import { catalogPanel, colorSeries, limit, limitFromZero, setMetricsApart } from './panels';
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

/** A bar for each series, coloured by its thresholds. */
export const barGauge = (panel: PackPanel, catalog: Catalog) =>
  setMetricsApart(limitFromZero(catalogPanel(new BarGauge(), catalog, panel, 'instant'), panel), catalog, panel)
    .reduceOptions(lastValue())
    .colorScheme(byThreshold())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
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

/** A row for each series, the highest value first: a column for each label of the grouping and one for the value. */
export function table(panel: PackPanel, catalog: Catalog): Table {
  const metric = catalog.metric(panel.metric);
  const drawn = catalogPanel(new Table(), catalog, panel, 'table')
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, indexByName: {}, renameByName: { Value: metric.title } },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(metric.title).desc(true)]);
  if (metric.thresholds) {
    drawn.overrideByName(metric.title, [{ id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } }]);
  }
  return drawn;
}

const isOneNumber = (panel: PackPanel, catalog: Catalog) =>
  !panel.and && (panel.group_by ?? catalog.metric(panel.metric).group_by ?? []).length === 0;
