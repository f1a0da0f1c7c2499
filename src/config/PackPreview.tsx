import { ClipboardButton, Column, InteractiveTable, Stack } from '@grafana/ui';
import React from 'react';

import { PackMetric } from './packs';

interface Cell {
  row: { original: PackMetric };
}

const COLUMNS: Array<Column<PackMetric>> = [
  { id: 'name', header: 'Metric' },
  { id: 'title', header: 'Title' },
  { id: 'overrides', header: 'Overrides', cell: ({ row }: Cell) => row.original.overrides && 'built-in metric' },
  { id: 'preview', header: 'PromQL', cell: ({ row }: Cell) => <PromQL {...row.original} /> },
  { id: 'record', header: 'Recording rule' },
];

/** Lists the metrics of user packs with their rendered PromQL. */
export function PackPreview({ metrics }: { metrics: PackMetric[] }) {
  return <InteractiveTable columns={COLUMNS} data={metrics} getRowId={({ name }: PackMetric) => name} />;
}

function PromQL({ name, preview }: PackMetric) {
  return (
    <Stack alignItems="center">
      <pre>{preview}</pre>
      <ClipboardButton
        variant="secondary"
        fill="text"
        size="sm"
        icon="copy"
        aria-label={`Copy the PromQL of ${name}`}
        getText={() => preview}
      />
    </Stack>
  );
}
