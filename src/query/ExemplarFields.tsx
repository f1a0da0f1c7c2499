import { SelectableValue } from '@grafana/data';
import { EditorField, EditorSwitch } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogQuery, ExemplarSampler, PromQLQuery } from '../shared/types';

const SAMPLERS: Array<SelectableValue<ExemplarSampler>> = [
  { value: 'spread', label: 'Spread', description: 'In each step, exemplars with distinct values' },
  { value: 'highest', label: 'Highest', description: 'In each step, exemplars with the highest values' },
  { value: 'all', label: 'All', description: 'All exemplars' },
];

/** Returns the text about exemplars in the summary of the options: how they are sampled, such as `spread`, or `off`. */
export function exemplarsText({ exemplar, exemplarSampler }: CatalogQuery | PromQLQuery): string {
  const sampler = SAMPLERS.find(({ value }) => value === (exemplarSampler ?? 'spread'));
  return exemplar ? (sampler?.label ?? 'on').toLowerCase() : 'off';
}

interface Props<Query extends CatalogQuery | PromQLQuery> {
  query: Query;
  onChange: (query: Query) => void;
}

/** Edits whether exemplars are shown, and how they are sampled. */
export function ExemplarFields<Query extends CatalogQuery | PromQLQuery>({ query, onChange }: Props<Query>) {
  const id = useId();
  return (
    <>
      <EditorField
        label="Exemplars"
        htmlFor={`${id}-on`}
        tooltip="Show individual requests as points on the graph. If the data source has a trace link for a point, the point links to its trace."
      >
        <EditorSwitch
          id={`${id}-on`}
          value={query.exemplar ?? false}
          onChange={(event) => onChange({ ...query, exemplar: event.currentTarget.checked })}
        />
      </EditorField>
      {query.exemplar && (
        <EditorField label="Exemplar sampling" htmlFor={`${id}-sampler`} width={14}>
          <Select
            inputId={`${id}-sampler`}
            options={SAMPLERS}
            value={query.exemplarSampler ?? 'spread'}
            onChange={({ value }) => onChange({ ...query, exemplarSampler: value })}
          />
        </EditorField>
      )}
    </>
  );
}
