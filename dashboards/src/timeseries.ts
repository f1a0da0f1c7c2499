/** Visualizations whose horizontal axis is time. */
import {
  AxisPlacement,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LineInterpolation,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import { MappingType, SpecialValueMap, SpecialValueMatch } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CellValuesBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder as Heatmap,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

import { Catalog } from './catalog';
import type { PackPanel } from './pack';
import { catalogPanel, colorSeries, isOneNumber, legendOf, limitFromZero, distinguishMetrics } from './panels';
import { legend, palette, stateMapping, tooltip } from './style';

/**
 * Lines, with dashed lines for the thresholds of the metric. A metric with another unit has its axis on the right. The
 * area below a single line is filled. With several lines, the colors of filled areas would mix.
 */
export function lines(panel: PackPanel, catalog: Catalog): TimeSeries {
  const builder = limitFromZero(catalogPanel(new TimeSeries(), catalog, panel, 'range'), panel)
    .fillOpacity(isOneNumber(panel, catalog) ? 10 : 0)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .colorScheme(palette())
    .legend(legendOf(panel, catalog))
    .tooltip(tooltip());
  if (catalog.metric(panel.metric).thresholds) {
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  if (panel.axis_label) {
    builder.axisLabel(panel.axis_label);
  }
  if (panel.soft_max !== undefined) {
    builder.axisSoftMax(panel.soft_max);
  }
  distinguishMetrics(builder, catalog, panel, { id: 'custom.axisPlacement', value: AxisPlacement.Right });
  return colorSeries(builder, panel);
}

/** Stacked areas, which also show the sum. */
export const areas = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).fillOpacity(40).stacking(stacked(StackingMode.Normal));

/** Stacked areas in percent of the sum. */
export const percentAreas = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).fillOpacity(40).stacking(stacked(StackingMode.Percent));

/** Stacked columns for each step, for values that are counts per step. */
export const columns = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(80)
    .stacking(stacked(StackingMode.Normal));

/** Lines that keep a value until the next one, for values that change rarely. */
export const steps = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).lineInterpolation(LineInterpolation.StepAfter).fillOpacity(0);

/** The legend's entry for gaps in the data. By default its text would be the panel's text for no data. */
const MISSING: SpecialValueMap = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.Null, result: { text: 'not there', color: 'transparent' } },
};

/** The states of each series over time, with gaps for missing data. */
export const timeline = (panel: PackPanel, catalog: Catalog) =>
  catalogPanel(new StateTimeline(), catalog, panel, 'range')
    .mappings([stateMapping(panel.states), MISSING])
    // The mappings set the colors. If the colors depended on thresholds, the legend would list the thresholds.
    .colorScheme(palette())
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .spanNulls(false)
    .rowHeight(0.8)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(tooltip());

/**
 * The buckets of a histogram over time. The unit of the counts is the metric's, and the unit of the bucket bounds is
 * `axis_unit`.
 */
export function heatmap(panel: PackPanel, catalog: Catalog): Heatmap {
  const bounds = new YAxisConfigBuilder().unit(panel.axis_unit ?? '');
  if (panel.axis_label) {
    bounds.axisLabel(panel.axis_label);
  }
  return catalogPanel(new Heatmap(), catalog, panel, 'heatmap')
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .steps(64)
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .fill('dark-orange')
    )
    .cellValues(new CellValuesBuilder().unit(catalog.metric(panel.metric).unit))
    .yAxis(bounds);
}

const stacked = (mode: StackingMode) => new StackingConfigBuilder().mode(mode).group('A');
