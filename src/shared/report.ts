/** The metric of Prometheus that lists the TensorOne endpoints, and its label with their ids. */
export const ENDPOINT_METRIC = 'tensorone_endpoint_info';
export const ENDPOINT_LABEL = 'endpoint_id';

/** The timeframe that follows the time range of the dashboard or the alert rule. */
export const AUTO_TIMEFRAME = 'auto';

/** The form of a section: `points` are a list of objects over time, `rows` a list, `parts` and `groups` become one table. */
export type SectionKind = 'number' | 'boolean' | 'text' | 'texts' | 'points' | 'rows' | 'groups' | 'parts' | 'object';

/** A section of the endpoint report. */
export interface ReportSection {
  /** The dotted path, such as `costs.breakdown`. */
  path: string;
  title: string;
  kind: SectionKind;
  /** The id of Grafana's unit of a number. */
  unit: string;
  /** The names of the fields below the section. */
  fields: string[];
}

/** A length of the report, with the times between two points that it allows. */
export interface Timeframe {
  name: string;
  granularities: string[];
  default: string;
}

/** What a report query can contain. The first aggregation is the default. */
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

/** Describes what a panel gets from a section. */
export function sectionDescription({ path, kind, fields }: ReportSection): string {
  const isPoint = kind === 'number' && /\.(timeSeries|byHour)\./.test(path);
  const name = isPoint ? KIND_NAMES.points : KIND_NAMES[kind];
  return `${path} · ${name}${fields.length ? `: ${fields.join(', ')}` : ''}`;
}
