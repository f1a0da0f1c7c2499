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
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMap,
  SpecialValueMatch,
  ValueMap,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { PackPanel, State } from './pack';

/**
 * The minimum width of a column in pixels, which lets ten columns fit into the width of a dashboard. With Grafana's
 * default of 150 pixels, such tables scroll horizontally.
 */
export const MIN_COLUMN_WIDTH = 90;

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

/** A table with statistics of each series. The series with the highest last value is the first. */
export const legendTable = () =>
  legend()
    .displayMode(LegendDisplayMode.Table)
    .calcs(['lastNotNull', 'max', 'mean'])
    // The name of the statistic lastNotNull
    .sortBy('Last *')
    .sortDesc(true);

/** Maps each value to the text and the color of its state. */
export const stateMapping = (states: State[] = []): ValueMap => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(states.map(({ value, text, color }, index) => [String(value), { text, color, index }])),
});

/**
 * The color of missing data. Without it, Grafana would show "No data" in the color of the lowest threshold, which for
 * most metrics is green.
 */
const NO_DATA_COLOR = '#808080';

const NO_DATA: SpecialValueMap = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { color: NO_DATA_COLOR } },
};

/** Returns the mappings of a panel whose colors depend on values: its states, the text of zero, and missing data. */
export function mappings({ states, zero }: PackPanel): ValueMapping[] {
  const zeroMapping: ValueMap = { type: MappingType.ValueToText, options: { '0': { text: zero } } };
  return [...(states ? [stateMapping(states)] : []), ...(zero === undefined ? [] : [zeroMapping]), NO_DATA];
}
