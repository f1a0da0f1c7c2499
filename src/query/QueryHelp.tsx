import { QueryEditorHelpProps } from '@grafana/data';
import { Button, Card, Icon, Input, Stack, Text } from '@grafana/ui';
import React, { useRef, useState } from 'react';

import { CatalogMetric, firstSentence, PackMetrics } from '../shared/catalog';
import { EditorDataSource } from '../shared/editorDataSource';
import { ModelMetricsQuery } from '../shared/types';
import { unitName } from '../shared/unitName';
import { useCatalog } from '../shared/useCatalog';
import { useCatalogSearch } from '../shared/useCatalogSearch';

/** How many metrics of a pack are shown to someone who looks for nothing in particular. */
const FEW = 4;

/** What there is to ask: metrics of each pack, one click each. */
export function QueryHelp({ datasource, onClickExample }: QueryEditorHelpProps<ModelMetricsQuery>) {
  return isEditorDataSource(datasource) ? <Examples datasource={datasource} onClickExample={onClickExample} /> : null;
}

/** Grafana's type for the data source is the general one. */
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
  const [asked, setAsked] = useState<CatalogMetric>();
  const { packs, isSearching, error } = useCatalogSearch(datasource, catalog, search);
  if (failure) {
    return failure;
  }

  // Where the parameters that it needs can't be filled in, the editor asks for them.
  const ask = async (metric: CatalogMetric) => {
    clicked.current = metric;
    setAsked(metric);
    const example = await datasource
      .getExample(metric)
      .catch((): ModelMetricsQuery => ({ refId: 'A', queryType: 'catalog', metric: metric.name, range: true }));
    // Prometheus can be slow, and another one clicked meanwhile.
    if (clicked.current === metric) {
      setAsked(undefined);
      onClickExample(example);
    }
  };
  return (
    <Stack direction="column" gap={2}>
      <Text>
        The catalog holds metrics by name, each with its PromQL, unit and parameters. Click one to ask for it; then
        choose what to filter and to group by. For anything else there is PromQL.
      </Text>
      <Input
        aria-label="Search the catalog"
        placeholder="Search by name or meaning, such as “failure rate”"
        prefix={<Icon name="search" />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {packs?.map((one) => (
        <PackExamples key={one.pack.name} {...one} searched={search.trim() !== ''} asked={asked} onClick={ask} />
      ))}
      {packs?.length === 0 && !isSearching && (
        <Text>{error ?? 'No metric matches all of these words. Try fewer words.'}</Text>
      )}
    </Stack>
  );
}

interface PackExamplesProps extends PackMetrics {
  searched: boolean;
  /** The one whose values are being looked up. */
  asked: CatalogMetric | undefined;
  onClick: (metric: CatalogMetric) => void;
}

function PackExamples({ pack, metrics, searched, asked, onClick }: PackExamplesProps) {
  const [all, setAll] = useState(false);
  const shown = all || searched ? metrics : metrics.slice(0, FEW);
  return (
    <section aria-label={pack.title}>
      <Text element="h2" variant="h5">
        {pack.title}
      </Text>
      {shown.map((metric) => (
        <Card key={metric.name} isCompact onClick={() => onClick(metric)}>
          <Card.Heading>{metric.title}</Card.Heading>
          <Card.Meta>
            {[metric.name, unitName(metric.unit), metric.type, ...(metric === asked ? ['looking for values…'] : [])]}
          </Card.Meta>
          <Card.Description>{firstSentence(metric.description)}</Card.Description>
        </Card>
      ))}
      {shown.length < metrics.length && (
        <Button size="sm" variant="secondary" fill="text" onClick={() => setAll(true)}>
          All {metrics.length} of {pack.title}
        </Button>
      )}
    </section>
  );
}
