import { SelectableValue } from '@grafana/data';
import { Select } from '@grafana/ui';
import React from 'react';

import { Catalog } from '../catalog';
import { option } from './options';

interface Props {
  inputId: string;
  catalog: Catalog | undefined;
  metric: string;
  onChange: (metric: string) => void;
}

/** Chooses a metric of the catalog, listed under the packs that define them. */
export function MetricSelect({ inputId, catalog, metric, onChange }: Props) {
  const known = catalog?.metrics.find(({ name }) => name === metric);
  return (
    <Select
      inputId={inputId}
      placeholder="Choose a metric"
      isLoading={!catalog}
      options={catalog && byPack(catalog)}
      value={metric ? { ...option(metric), label: known?.title ?? metric } : null}
      onChange={({ value }) => value && onChange(value)}
    />
  );
}

function byPack({ packs, metrics }: Catalog): Array<SelectableValue<string>> {
  return packs.map((pack) => ({
    label: pack.title,
    expanded: true,
    options: metrics
      .filter((metric) => metric.pack === pack.name)
      .map(({ name, title, description }) => ({ label: title, value: name, description: `${name}: ${description}` })),
  }));
}
