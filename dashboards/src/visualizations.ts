import { barGauge, bars, gauge, pie, stat, table, tiles } from './atlast';
import { Catalog } from './catalog';
import { areas, columns, heatmap, lines, percentAreas, steps, timeline } from './overtime';
import type { PackPanel } from './pack';
import type { PanelBuilder } from './panels';

interface Visualization {
  build: (panel: PackPanel, catalog: Catalog) => PanelBuilder;
  /** Of the grid's 24 columns, where the pack doesn't say; and lines of 38 pixels. */
  width: number;
  height: number;
}

const half = { width: 12, height: 8 };
const whole = { width: 24, height: 4 };

/** The ways to show a metric, by what a pack calls them under `show`. A new one is written here, in the schema and in Go. */
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
  tiles: { build: tiles, ...whole },
  timeline: { build: timeline, ...half },
};
