import { Button, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsync from 'react-use/lib/useAsync';

import { CatalogMetric, CatalogPack } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { unitName } from '../shared/unitName';

/** Shows the description, name, unit, type and pack of a metric. */
export function MetricFacts({ metric, pack }: { metric: CatalogMetric; pack: CatalogPack | undefined }) {
  return (
    <Stack direction="column" gap={0.5}>
      <Text variant="bodySmall">{metric.description}</Text>
      <Text variant="bodySmall" color="secondary">
        <code>{metric.name}</code> · {unitName(metric.unit) || 'no unit'} · {metric.type}
        {pack && ` · ${pack.title}`}
      </Text>
    </Stack>
  );
}

interface UnknownProps {
  datasource: EditorDataSource;
  /** A name that the catalog doesn't have. */
  metric: string;
}

/** Shows why a metric is unavailable. The backend returns the reason, for example that the pack is disabled. */
export function UnknownMetricReason({ datasource, metric }: UnknownProps) {
  const { error } = useAsync(
    () => datasource.getPreview({ refId: '', queryType: 'catalog', metric }),
    [datasource, metric]
  );
  return <>{error ? errorMessage(error) : `The catalog has no metric ${metric}.`}</>;
}

interface SimilarProps extends UnknownProps {
  onSelect: (metric: string) => void;
}

/** Shows metrics with similar names, from which the user can select one. */
export function SimilarMetrics({ datasource, metric, onSelect }: SimilarProps) {
  const { value: names = [] } = useAsync(() => datasource.getSimilarMetrics(metric), [datasource, metric]);
  if (names.length === 0) {
    return null;
  }
  return (
    <Stack alignItems="center" gap={1} wrap="wrap">
      <Text variant="bodySmall">Similar metrics</Text>
      {names.map((name) => (
        <Button key={name} size="sm" variant="secondary" onClick={() => onSelect(name)}>
          {name}
        </Button>
      ))}
    </Stack>
  );
}
