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
 * Shows the ad-hoc filters that are stored in a query. In Explore, a query can contain the filters of the dashboard
 * from which it was opened, and filters for values that the user has selected in Explore's table.
 */
export function QueryFilters({ filters, onChange }: Props) {
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
        tooltip="Filters that this query got from a dashboard, or from values that you selected in Explore's table. They don't affect other queries."
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
