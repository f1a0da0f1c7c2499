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
import { catalogPanel, colorSeries, isOneNumber, limitFromZero, setMetricsApart } from './panels';
import { legend, palette, stateMapping, tooltip } from './style';

/**
 * Lines, with dashed ones where the metric has thresholds. A metric in another unit has its axis on the right. A single
 * line has its area tinted: the areas of several would blend into a colour that is no series'.
 */
export function lines(panel: PackPanel, catalog: Catalog): TimeSeries {
  const drawn = limitFromZero(catalogPanel(new TimeSeries(), catalog, panel, 'range'), panel)
    .fillOpacity(isOneNumber(panel, catalog) ? 10 : 0)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(false)
    .colorScheme(palette())
    .legend(legend())
    .tooltip(tooltip());
  if (catalog.metric(panel.metric).thresholds) {
    drawn.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  if (panel.axis_label) {
    drawn.axisLabel(panel.axis_label);
  }
  if (panel.soft_max !== undefined) {
    drawn.axisSoftMax(panel.soft_max);
  }
  setMetricsApart(drawn, catalog, panel, { id: 'custom.axisPlacement', value: AxisPlacement.Right });
  return colorSeries(drawn, panel);
}

/** Areas, one on the other: their sum matters as much as each. */
export const areas = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).fillOpacity(40).stacking(stacked(StackingMode.Normal));

/** Shares of the sum over time. */
export const percentAreas = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).fillOpacity(40).stacking(stacked(StackingMode.Percent));

/** A column for each step, for what is counted by step; one on the other. */
export const columns = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(80)
    .stacking(stacked(StackingMode.Normal));

/** Lines that keep a value until the next one, for what changes now and then. */
export const steps = (panel: PackPanel, catalog: Catalog) =>
  lines(panel, catalog).lineInterpolation(LineInterpolation.StepAfter).fillOpacity(0);

/** In a legend the panel's text for no value would stand for a gap, and it is about the whole panel. */
const NOT_THERE: SpecialValueMap = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.Null, result: { text: 'not there', color: 'transparent' } },
};

/** When each series was in which state; a gap where it was not there. */
export const timeline = (panel: PackPanel, catalog: Catalog) =>
  catalogPanel(new StateTimeline(), catalog, panel, 'range')
    .mappings([stateMapping(panel.states), NOT_THERE])
    // The mapping colours the states; under thresholds the legend would name these in its place.
    .colorScheme(palette())
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .spanNulls(false)
    .rowHeight(0.8)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(tooltip());

/** A histogram's buckets over time. The metric's unit is that of the counts, `axis_unit` that of the buckets' bounds. */
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
