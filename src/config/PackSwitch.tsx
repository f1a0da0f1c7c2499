import { Box, Column, InteractiveTable, Stack, Switch, Text } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { CatalogMetric } from '../shared/catalog';
import { ExpandButton } from '../shared/ExpandButton';
import { unitName } from '../shared/unitName';
import { BuiltInPack } from './packs';

interface Props {
  pack: BuiltInPack;
  isEnabled: boolean;
  disabled: boolean | undefined;
  onChange: (isEnabled: boolean) => void;
}

/** A switch for a built-in pack. If it is expanded, it also lists the pack's metrics. */
export function PackSwitch({ pack: { title, owner, metrics }, isEnabled, disabled, onChange }: Props) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Box role="listitem" borderStyle="solid" borderColor="weak" borderRadius="default" paddingX={2} paddingY={1}>
      <Stack alignItems="center">
        <Switch
          aria-label={`Pack ${title}`}
          value={isEnabled}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <ExpandButton isOpen={isOpen} controls={id} onChange={setIsOpen}>
          {title}
        </ExpandButton>
        <Text color="secondary">{`${owner} · ${metrics.length} ${metrics.length === 1 ? 'metric' : 'metrics'}`}</Text>
      </Stack>
      <div id={id}>{isOpen && <InteractiveTable columns={COLUMNS} data={metrics} getRowId={nameOf} />}</div>
    </Box>
  );
}

interface Cell {
  row: { original: CatalogMetric };
}

const COLUMNS: Array<Column<CatalogMetric>> = [
  { id: 'name', header: 'Metric' },
  { id: 'title', header: 'Title' },
  { id: 'unit', header: 'Unit', cell: ({ row }: Cell) => unitName(row.original.unit) },
  { id: 'description', header: 'Description' },
];

function nameOf({ name }: CatalogMetric): string {
  return name;
}
