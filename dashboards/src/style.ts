/** Styles that several visualizations share. */
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId, MappingType, ValueMap } from '@grafana/grafana-foundation-sdk/dashboard';

import type { State } from './pack';

export const palette = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic);
export const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
export const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
export const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
export const legend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);

/** Maps each value to the text and the color of its state. */
export const stateMapping = (states: State[] = []): ValueMap => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(states.map(({ value, text, color }, index) => [String(value), { text, color, index }])),
});
