import { EditorField, EditorRow, EditorStack } from '@grafana/plugin-ui';
import { Button } from '@grafana/ui';
import React from 'react';

import { AdHocFilter } from '../types';

interface Props {
  filters: AdHocFilter[] | undefined;
  onChange: (filters: AdHocFilter[] | undefined) => void;
}

/**
 * Ad-hoc filters that a query holds itself. On the way from a dashboard to Explore they leave their variable behind, and
 * would otherwise be at work unseen.
 */
export function BroughtFilters({ filters = [], onChange }: Props) {
  if (filters.length === 0) {
    return null;
  }
  const remove = (removed: AdHocFilter) => {
    const rest = filters.filter((filter) => filter !== removed);
    onChange(rest.length ? rest : undefined);
  };
  return (
    <EditorRow>
      <EditorField label="Ad-hoc filters" tooltip="They came along from the dashboard, and hold for this query alone.">
        <EditorStack gap={1}>
          {filters.map((filter) => (
            <Button
              key={words(filter)}
              variant="secondary"
              size="sm"
              icon="times"
              aria-label={`Remove filter ${words(filter)}`}
              onClick={() => remove(filter)}
            >
              {words(filter)}
            </Button>
          ))}
        </EditorStack>
      </EditorField>
    </EditorRow>
  );
}

function words({ key, operator, value, values = [value] }: AdHocFilter): string {
  return `${key} ${operator} ${values.join(', ')}`;
}
