import { SelectableValue } from '@grafana/data';
import { EditorField } from '@grafana/plugin-ui';
import { RadioButtonGroup, Select } from '@grafana/ui';
import React, { useId } from 'react';

import { DraftField } from '../shared/DraftField';
import { CatalogQuery, PromQLQuery, QueryFormat } from '../shared/types';
import { ExemplarFields, exemplarsText } from './ExemplarFields';
import { OptionsLine } from './OptionsLine';
import { kindFields, kindOf, QueryKind } from './queryKind';

type GraphQuery = CatalogQuery | PromQLQuery;
/** The legend that shows the labels in which the series differ. */
export const AUTO_LEGEND = '__auto';

const KINDS: Array<SelectableValue<QueryKind>> = [
  { value: 'range', label: 'Range', description: 'The value at every step of the time range' },
  { value: 'instant', label: 'Instant', description: 'The value at the end of the time range, or now if earlier' },
];
// In Explore, this is a graph and a table. A panel's query for Grafana's Prometheus data source can be both, too.
const BOTH: SelectableValue<QueryKind> = { value: 'both', label: 'Both', description: 'A graph and a table' };

const FORMATS: Array<SelectableValue<QueryFormat>> = [
  { value: 'time_series', label: 'Time series' },
  { value: 'time_series_wide', label: 'Time series, wide', description: 'All series in one table, joined by time' },
  { value: 'table', label: 'Table' },
  { value: 'heatmap', label: 'Heatmap', description: 'The buckets of a histogram, not cumulative' },
];

interface Props<Query extends GraphQuery> {
  query: Query;
  onChange: (query: Query) => void;
  /** Whether this is the query of an alert rule, which has no exemplars. */
  forAlert: boolean;
  /** Whether this is a query of Explore, which can be a range and an instant query at the same time. */
  isExplore?: boolean;
  /** The legend that is used if the field is empty. */
  defaultLegend?: string;
  /** Additional options. `summary` contains their texts for the summary line. */
  children?: React.ReactNode;
  summary?: string[];
}

/** Edits the options of a catalog query or a PromQL query. */
export function QueryOptions<Query extends GraphQuery>({
  query,
  onChange,
  forAlert,
  isExplore = false,
  defaultLegend,
  children,
  summary = [],
}: Props<Query>) {
  const id = useId();
  const kind = kindOf(query);
  const exemplars = !forAlert && hasExemplars(query);
  const texts = [
    `Type: ${labelOf([...KINDS, BOTH], kind)}`,
    `Legend: ${legendText(query.legendFormat || defaultLegend)}`,
    `Format: ${labelOf(FORMATS, query.format ?? 'time_series')}`,
    `Min step: ${query.interval || 'auto'}`,
    ...summary,
    ...(exemplars ? [`Exemplars: ${exemplarsText(query)}`] : []),
    ...(query.customQueryParameters ? [`Query parameters: ${query.customQueryParameters}`] : []),
  ];
  return (
    <OptionsLine summary={texts}>
      <EditorField label="Type">
        <RadioButtonGroup
          options={isExplore || kind === 'both' ? [...KINDS, BOTH] : KINDS}
          value={kind}
          onChange={(next) => onChange({ ...query, ...kindFields(next) })}
        />
      </EditorField>
      <DraftField
        label="Legend"
        tooltip="Can contain labels, such as {{model}}. __auto shows the labels in which the series differ."
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
        tooltip="The shortest time between two points, such as 15s or 1m."
        width={12}
        placeholder="auto"
        value={query.interval}
        onCommit={(interval) => onChange({ ...query, interval })}
      />
      {children}
      {exemplars && <ExemplarFields query={query} onChange={onChange} />}
      <DraftField
        label="Query parameters"
        tooltip="Sent to the server. Write them as in a URL: name=value&name2=value2. They can't change the parameters that the data source sets."
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

/** Reports whether a query can have exemplars. They are points over time, so they need a graph or a heatmap. */
function hasExemplars(query: GraphQuery): boolean {
  return kindOf(query) !== 'instant' && query.format !== 'table';
}
