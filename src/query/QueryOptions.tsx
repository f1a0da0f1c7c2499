import { SelectableValue } from '@grafana/data';
import { EditorField } from '@grafana/plugin-ui';
import { RadioButtonGroup, Select } from '@grafana/ui';
import React, { useId } from 'react';

import { kindFields, kindOf, QueryKind } from './queryKind';
import { CatalogQuery, PromQLQuery, QueryFormat } from '../shared/types';
import { DraftField } from '../shared/DraftField';
import { ExemplarFields, exemplarsText } from './ExemplarFields';
import { OptionsLine } from './OptionsLine';

type GraphQuery = CatalogQuery | PromQLQuery;
/** Shows the labels in which the series differ. */
export const AUTO_LEGEND = '__auto';

const KINDS: Array<SelectableValue<QueryKind>> = [
  { value: 'range', label: 'Range', description: 'The value at every step of the time range' },
  { value: 'instant', label: 'Instant', description: 'The value at the end of the time range' },
];
// Panels that come from the Prometheus data source can ask for both.
const BOTH: SelectableValue<QueryKind> = { value: 'both', label: 'Both' };

const FORMATS: Array<SelectableValue<QueryFormat>> = [
  { value: 'time_series', label: 'Time series' },
  { value: 'time_series_wide', label: 'Time series, wide', description: 'All series in one table, joined by time' },
  { value: 'table', label: 'Table' },
  { value: 'heatmap', label: 'Heatmap', description: 'The buckets of a histogram, each by itself' },
];

interface Props<Query extends GraphQuery> {
  query: Query;
  onChange: (query: Query) => void;
  /** An alert rule's query, which has no use for exemplars. */
  forAlert: boolean;
  /** The legend that an empty field stands for. */
  defaultLegend?: string;
  /** Options of one kind of query alone, and how the closed line tells them. */
  children?: React.ReactNode;
  summary?: string[];
}

/** How the answer is computed and shown, for either kind of query. */
export function QueryOptions<Query extends GraphQuery>({
  query,
  onChange,
  forAlert,
  defaultLegend,
  children,
  summary = [],
}: Props<Query>) {
  const id = useId();
  const kind = kindOf(query);
  const exemplars = !forAlert && takesExemplars(query);
  const told = [
    `Type: ${labelOf([...KINDS, BOTH], kind)}`,
    `Legend: ${legendText(query.legendFormat || defaultLegend)}`,
    `Format: ${labelOf(FORMATS, query.format ?? 'time_series')}`,
    `Min step: ${query.interval || 'auto'}`,
    ...summary,
    ...(exemplars ? [`Exemplars: ${exemplarsText(query)}`] : []),
    ...(query.customQueryParameters ? [`Query parameters: ${query.customQueryParameters}`] : []),
  ];
  return (
    <OptionsLine summary={told}>
      <EditorField label="Type">
        <RadioButtonGroup
          options={kind === 'both' ? [...KINDS, BOTH] : KINDS}
          value={kind}
          onChange={(next) => onChange({ ...query, ...kindFields(next) })}
        />
      </EditorField>
      <DraftField
        label="Legend"
        tooltip="A text with labels in it, such as {{model}}. __auto shows the labels in which the series differ."
        width={30}
        placeholder={defaultLegend || AUTO_LEGEND}
        value={query.legendFormat}
        onCommit={(legendFormat) => onChange({ ...query, legendFormat })}
      />
      <EditorField label="Format" htmlFor={`${id}-format`} width={20}>
        <Select
          inputId={`${id}-format`}
          options={FORMATS}
          value={query.format ?? 'time_series'}
          onChange={({ value }) => onChange({ ...query, format: value })}
        />
      </EditorField>
      <DraftField
        label="Min step"
        tooltip="The shortest distance between two points, such as 15s or 1m."
        width={12}
        placeholder="auto"
        value={query.interval}
        onCommit={(interval) => onChange({ ...query, interval })}
      />
      {children}
      {exemplars && <ExemplarFields query={query} onChange={onChange} />}
      <DraftField
        label="Query parameters"
        tooltip="For the server, as in a URL: name=value&name2=value2. Those of the data source stay as they are."
        width={20}
        placeholder="none"
        value={query.customQueryParameters}
        onCommit={(text) => onChange({ ...query, customQueryParameters: text || undefined })}
      />
    </OptionsLine>
  );
}

function labelOf<Value>(options: Array<SelectableValue<Value>>, value: Value): string {
  return options.find((option) => option.value === value)?.label ?? String(value);
}

function legendText(legend = AUTO_LEGEND): string {
  return legend === AUTO_LEGEND ? 'auto' : legend;
}

/** Exemplars are points over time, on a graph or a heatmap. */
function takesExemplars(query: GraphQuery): boolean {
  return kindOf(query) !== 'instant' && query.format !== 'table';
}
