import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { PanelBuilder } from './panels';
import { datasourceVariable } from './variables';

/** The newest schema that Grafana 10.4 knows; later versions migrate it upwards, none downwards. */
const SCHEMA_VERSION = 39;

const GRID_COLUMNS = 24;
const ROW_HEIGHT = 1;
const FIRST_ROW_ID = 101;

/** A panel and its size on the grid of 24 columns. */
export interface Sized {
  panel: PanelBuilder;
  width: number;
  height: number;
}

export interface Row {
  title: string;
  panels: Sized[];
}

export interface DashboardSpec {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  variables: Array<Builder<VariableModel>>;
  rows: Row[];
}

export const sized = (panel: PanelBuilder, width: number, height = 8): Sized => ({ panel, width, height });

/**
 * Builds a classic dashboard. Panels are numbered from 1 in reading order and rows from 101, so that a link or an alert
 * rule that names a panel by number keeps its meaning as long as none is put before it.
 */
export function dashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(spec.tags)
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .version(1)
    .annotation(alertStates());
  [datasourceVariable(), ...spec.variables].forEach((variable) => builder.withVariable(variable));
  addRows(builder, spec.rows);
  return { ...builder.build(), id: null, schemaVersion: SCHEMA_VERSION };
}

/** Grafana's own annotations. Without them a panel does not show the states of its alert rules. */
const alertStates = () =>
  new AnnotationQueryBuilder()
    .builtIn(1)
    .name('Annotations & Alerts')
    .datasource({ type: 'grafana', uid: '-- Grafana --' })
    .enable(true)
    .hide(true)
    .iconColor('rgba(0, 211, 255, 1)')
    .type('dashboard');

/** Lays panels out from left to right under expanded rows, which Grafana keeps beside their panels and not around them. */
function addRows(builder: DashboardBuilder, rows: Row[]) {
  let y = 0;
  let id = 1;
  rows.forEach((row, i) => {
    builder.withRow(
      new RowBuilder(row.title)
        .id(FIRST_ROW_ID + i)
        .collapsed(false)
        .gridPos({ x: 0, y, w: GRID_COLUMNS, h: ROW_HEIGHT })
    );
    y += ROW_HEIGHT;
    let x = 0;
    let lineHeight = 0;
    for (const { panel, width, height } of row.panels) {
      if (x + width > GRID_COLUMNS) {
        y += lineHeight;
        x = lineHeight = 0;
      }
      builder.withPanel(panel.id(id++).gridPos({ x, y, w: width, h: height }));
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  });
}
