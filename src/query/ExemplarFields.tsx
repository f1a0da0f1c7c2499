import { SelectableValue } from '@grafana/data';
import { EditorField, EditorSwitch } from '@grafana/plugin-ui';
import { Select } from '@grafana/ui';
import React, { useId } from 'react';

import { CatalogQuery, ExemplarSampler, PromQLQuery } from '../shared/types';

const SAMPLERS: Array<SelectableValue<ExemplarSampler>> = [
  { value: 'spread', label: 'Spread', description: 'In each step those whose values stand apart' },
  { value: 'highest', label: 'Highest', description: 'In each step those with the highest values' },
  { value: 'all', label: 'All', description: 'As many as there are' },
];

/** How a closed line tells what is chosen here. */
export function exemplarsText({ exemplar, exemplarSampler }: CatalogQuery | PromQLQuery): string {
  const sampler = SAMPLERS.find(({ value }) => value === (exemplarSampler ?? 'spread'));
  return exemplar ? (sampler?.label ?? 'on').toLowerCase() : 'off';
}

interface Props<Query extends CatalogQuery | PromQLQuery> {
  query: Query;
  onChange: (query: Query) => void;
}

/** Whether exemplars are shown, and which. */
export function ExemplarFields<Query extends CatalogQuery | PromQLQuery>({ query, onChange }: Props<Query>) {
  const id = useId();
  return (
    <>
      <EditorField
        label="Exemplars"
        htmlFor={`${id}-on`}
        tooltip="Single requests behind the numbers, as points on the graph. Those with a trace id lead to their trace."
      >
        <EditorSwitch
          id={`${id}-on`}
          value={query.exemplar ?? false}
          onChange={(event) => onChange({ ...query, exemplar: event.currentTarget.checked })}
        />
      </EditorField>
      {query.exemplar && (
        <EditorField label="Which exemplars" htmlFor={`${id}-sampler`} width={14}>
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
