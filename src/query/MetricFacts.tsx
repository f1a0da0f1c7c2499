import { Button, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsync from 'react-use/lib/useAsync';

import { CatalogMetric, CatalogPack } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { unitName } from '../shared/unitName';

/** What a chosen metric is. */
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
  /** That the catalog doesn't have. */
  metric: string;
}

/** Why a metric can't be asked for. The backend knows: it may be in a pack that is turned off, or in one with a fault. */
export function WhyUnknown({ datasource, metric }: UnknownProps) {
  const { error } = useAsync(
    () => datasource.getPreview({ refId: '', queryType: 'catalog', metric }),
    [datasource, metric]
  );
  return <>{error ? errorMessage(error) : `The catalog has no metric ${metric}.`}</>;
}

interface NearestProps extends UnknownProps {
  onChoose: (metric: string) => void;
}

/** The metrics that may have been meant. */
export function NearestMetrics({ datasource, metric, onChoose }: NearestProps) {
  const { value: names = [] } = useAsync(() => datasource.getSimilarMetrics(metric), [datasource, metric]);
  if (names.length === 0) {
    return null;
  }
  return (
    <Stack alignItems="center" gap={1} wrap="wrap">
      <Text variant="bodySmall">Choose instead</Text>
      {names.map((name) => (
        <Button key={name} size="sm" variant="secondary" onClick={() => onChoose(name)}>
          {name}
        </Button>
      ))}
    </Stack>
  );
}
