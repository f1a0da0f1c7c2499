import { QueryEditorHelpProps } from '@grafana/data';
import { Button, Card, Icon, Input, Stack, Text } from '@grafana/ui';
import React, { useRef, useState } from 'react';

import { CatalogMetric, firstSentence, PackMetrics } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { ModelMetricsQuery } from '../shared/types';
import { unitName } from '../shared/unitName';
import { useCatalog } from '../shared/useCatalog';
import { useCatalogSearch } from '../shared/useCatalogSearch';
import { AUTO_LEGEND } from './QueryOptions';

/** The maximum number of metrics of a pack that are shown until the user searches or shows all metrics of the pack. */
const MAX_EXAMPLES = 4;

/** Shows metrics of each pack as examples that the user can click. */
export function QueryHelp({ datasource, onClickExample }: QueryEditorHelpProps<ModelMetricsQuery>) {
  return isEditorDataSource(datasource) ? <Examples datasource={datasource} onClickExample={onClickExample} /> : null;
}

/** Narrows the type of the data source, because Grafana passes only its base type. */
function isEditorDataSource(datasource: object): datasource is EditorDataSource {
  return 'getCatalog' in datasource;
}

interface ExamplesProps {
  datasource: EditorDataSource;
  onClickExample: (query: ModelMetricsQuery) => void;
}

function Examples({ datasource, onClickExample }: ExamplesProps) {
  const { catalog, failure } = useCatalog(datasource);
  const [search, setSearch] = useState('');
  const clicked = useRef<CatalogMetric | undefined>(undefined);
  const [loading, setLoading] = useState<CatalogMetric>();
  const { packs, isSearching, error } = useCatalogSearch(datasource, catalog, search);
  if (failure) {
    return failure;
  }

  // If the values can't be loaded, the query has no parameters, and the editor prompts for the required ones.
  const runExample = async (metric: CatalogMetric) => {
    clicked.current = metric;
    setLoading(metric);
    const example = await datasource.getExample(metric).catch((): ModelMetricsQuery => ({
      refId: 'A',
      queryType: 'catalog',
      metric: metric.name,
      units: true,
      range: true,
    }));
    // The user may have clicked another metric while the values were loading.
    if (clicked.current === metric) {
      setLoading(undefined);
      onClickExample(example);
    }
  };
  return (
    <Stack direction="column" gap={2}>
      <Text>
        The catalog contains named metrics with their PromQL, unit and parameters. Click a metric to query it, then
        select filters and a grouping. For anything else, write PromQL.
      </Text>
      <Input
        aria-label="Search the catalog"
        placeholder="Search by name or meaning, such as “failure rate”"
        prefix={<Icon name="search" />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {search.trim() === '' && <PromQLExamples onClickExample={onClickExample} />}
      {packs?.map((group) => (
        <PackExamples
          key={group.pack.name}
          {...group}
          searched={search.trim() !== ''}
          loading={loading}
          onClick={runExample}
        />
      ))}
      {packs?.length === 0 && !isSearching && (
        <Text>{error ?? 'No metric matches all of these words. Try fewer words.'}</Text>
      )}
    </Stack>
  );
}

const PROMQL_EXAMPLES: Array<{ title: string; expr: string }> = [
  { title: 'Targets that are up, by job', expr: 'sum by (job) (up)' },
  {
    title: 'Requests per second, by job',
    expr: 'sum by (job) (rate(http_requests_total[$__rate_interval]))',
  },
  {
    title: 'Share of requests that failed',
    expr: 'sum(rate(http_requests_total{code=~"5.."}[$__rate_interval])) / sum(rate(http_requests_total[$__rate_interval]))',
  },
  {
    title: '95th percentile of a duration',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))',
  },
];

/** Shows expressions that the user can click and adapt. All servers have the metric of the first one. */
function PromQLExamples({ onClickExample }: Pick<ExamplesProps, 'onClickExample'>) {
  return (
    <section aria-label="PromQL">
      <Text element="h2" variant="h5">
        PromQL
      </Text>
      {PROMQL_EXAMPLES.map(({ title, expr }) => (
        <Card
          key={title}
          isCompact
          onClick={() =>
            onClickExample({ refId: 'A', queryType: 'promql', expr, range: true, legendFormat: AUTO_LEGEND })
          }
        >
          <Card.Heading>{title}</Card.Heading>
          <Card.Description>
            <code>{expr}</code>
          </Card.Description>
        </Card>
      ))}
    </section>
  );
}

interface PackExamplesProps extends PackMetrics {
  searched: boolean;
  /** The metric whose parameter values are loading. */
  loading: CatalogMetric | undefined;
  onClick: (metric: CatalogMetric) => void;
}

function PackExamples({ pack, metrics, searched, loading, onClick }: PackExamplesProps) {
  const [all, setAll] = useState(false);
  const shown = all || searched ? metrics : metrics.slice(0, MAX_EXAMPLES);
  return (
    <section aria-label={pack.title}>
      <Text element="h2" variant="h5">
        {pack.title}
      </Text>
      {shown.map((metric) => (
        <Card key={metric.name} isCompact onClick={() => onClick(metric)}>
          <Card.Heading>{metric.title}</Card.Heading>
          <Card.Meta>
            {[metric.name, unitName(metric.unit), metric.type, ...(metric === loading ? ['Loading values…'] : [])]}
          </Card.Meta>
          <Card.Description>{firstSentence(metric.description)}</Card.Description>
        </Card>
      ))}
      {shown.length < metrics.length && (
        <Button size="sm" variant="secondary" fill="text" onClick={() => setAll(true)}>
          Show all {metrics.length} metrics of {pack.title}
        </Button>
      )}
    </section>
  );
}
