import { barGauge, bars, gauge, pie, stat, table, tiles } from './snapshot';
import { Catalog } from './catalog';
import { areas, columns, heatmap, lines, percentAreas, steps, timeline } from './timeseries';
import type { PackPanel } from './pack';
import type { PanelBuilder } from './panels';

interface Visualization {
  build: (panel: PackPanel, catalog: Catalog) => PanelBuilder;
  /** The default width in columns of the grid, which has 24 columns. The default height is in rows of 38 pixels. */
  width: number;
  height: number;
}

const half = { width: 12, height: 8 };
const full = { width: 24, height: 4 };

/**
 * The visualizations by their name in a pack (`show`). A new visualization also requires an entry in
 * pkg/packfile/pack.schema.json and in pkg/packcheck/visualizations.go.
 */
export const visualizations: Record<string, Visualization> = {
  areas: { build: areas, ...half },
  bar_gauge: { build: barGauge, ...half },
  bars: { build: bars, ...half },
  columns: { build: columns, ...half },
  gauge: { build: gauge, ...half },
  heatmap: { build: heatmap, ...half },
  lines: { build: lines, ...half },
  percent_areas: { build: percentAreas, ...half },
  pie: { build: pie, ...half },
  stat: { build: stat, ...half },
  steps: { build: steps, ...half },
  table: { build: table, ...half },
  tiles: { build: tiles, ...full },
  timeline: { build: timeline, ...half },
};
