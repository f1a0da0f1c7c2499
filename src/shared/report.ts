/** The Prometheus metric that has a series for each TensorOne endpoint, and its label with the id of the endpoint. */
export const ENDPOINT_METRIC = 'tensorone_endpoint_info';
export const ENDPOINT_LABEL = 'endpoint_id';

/** The timeframe that depends on the time range of the dashboard or the alert rule. */
export const AUTO_TIMEFRAME = 'auto';

/**
 * The form of a section. `points` is a list of objects that each have a time, and `rows` is any other list of objects.
 * A section of the kind `parts` or `groups` is an object that becomes one table. `object` is any other object.
 */
export type SectionKind = 'number' | 'boolean' | 'text' | 'texts' | 'points' | 'rows' | 'groups' | 'parts' | 'object';

/** A section of the endpoint report. */
export interface ReportSection {
  /** The dotted path, such as `costs.breakdown`. */
  path: string;
  title: string;
  kind: SectionKind;
  /** Grafana's unit id for a number, or empty. */
  unit: string;
  /** The names of the section's direct fields. */
  fields: string[];
}

/**
 * A time span that a report can cover, with the granularities that are allowed for it. A granularity is the time
 * between two points.
 */
export interface Timeframe {
  name: string;
  granularities: string[];
  default: string;
}

/** The values that the fields of a report query can have. The first aggregation is the default. */
export interface ReportOptions {
  sections: ReportSection[];
  timeframes: Timeframe[];
  aggregations: string[];
}

const KIND_NAMES: Record<SectionKind, string> = {
  number: 'Number',
  boolean: 'Yes or no',
  text: 'Text',
  texts: 'Table',
  points: 'Time series',
  rows: 'Table',
  groups: 'Table',
  parts: 'Table',
  object: 'Values',
};

/** Describes a section in one line: its path, the form of its result in a panel, and the names of its fields. */
export function sectionDescription({ path, kind, fields }: ReportSection): string {
  const isPoint = kind === 'number' && /\.(timeSeries|byHour)\./.test(path);
  const name = isPoint ? KIND_NAMES.points : KIND_NAMES[kind];
  return `${path} · ${name}${fields.length ? `: ${fields.join(', ')}` : ''}`;
}
