import { EditorField, EditorRow, EditorStack } from '@grafana/plugin-ui';
import { Button } from '@grafana/ui';
import React from 'react';

import { filterText } from '../shared/displayText';
import { AdHocFilter } from '../shared/types';

interface Props {
  filters: AdHocFilter[] | null | undefined;
  onChange: (filters: AdHocFilter[] | undefined) => void;
}

/**
 * Ad-hoc filters that a query holds itself, and that would otherwise be at work unseen. On the way from a dashboard to
 * Explore they leave their variable behind; there, a value in the table becomes one.
 */
export function BroughtFilters({ filters, onChange }: Props) {
  if (!filters?.length) {
    return null;
  }
  const remove = (removed: AdHocFilter) => {
    const rest = filters.filter((filter) => filter !== removed);
    onChange(rest.length ? rest : undefined);
  };
  return (
    <EditorRow>
      <EditorField
        label="Ad-hoc filters"
        tooltip="They came along from the dashboard or were chosen in a table, and hold for this query alone."
      >
        <EditorStack gap={1}>
          {filters.map((filter) => (
            <Button
              key={filterText(filter)}
              variant="secondary"
              size="sm"
              icon="times"
              aria-label={`Remove filter ${filterText(filter)}`}
              onClick={() => remove(filter)}
            >
              {filterText(filter)}
            </Button>
          ))}
        </EditorStack>
      </EditorField>
    </EditorRow>
  );
}
