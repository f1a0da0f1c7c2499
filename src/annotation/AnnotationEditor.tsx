import { AnnotationSupport, PanelData } from '@grafana/data';
import { EditorRows } from '@grafana/plugin-ui';
import { Alert } from '@grafana/ui';
import React, { ComponentProps, useState } from 'react';

import { infosOf } from '../shared/infos';
import { editableQuery } from '../shared/readableQuery';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';
import { AnnotationFields } from './AnnotationFields';
import { CatalogEditor } from '../query/CatalogEditor';
import { LanguageSwitch } from '../query/LanguageSwitch';
import { PromQLEditor } from '../query/PromQLEditor';

type Props = ComponentProps<NonNullable<AnnotationSupport<ModelMetricsQuery>['QueryEditor']>>;

/** Edits which events a dashboard marks, and what is said of them. Grafana asks for them after each change. */
export function AnnotationEditor({ datasource, query: stored, data, onChange, onRunQuery }: Props) {
  const query = asEvents(stored);
  // An expression is what makes a query PromQL, so it can't stay in one of the catalog.
  const [left, setLeft] = useState('');
  const language = query.expr === undefined ? 'catalog' : 'promql';
  const change = (next: Omit<Partial<EventsQuery>, 'queryType'>) =>
    onChange({ ...query, ...next, queryType: 'annotation' });
  const options = <AnnotationFields query={query} onChange={change} />;
  return (
    <EditorRows>
      <LanguageSwitch
        value={language}
        onChange={(next) => {
          setLeft(query.expr ?? left);
          change({ expr: next === 'catalog' ? undefined : left });
        }}
      />
      {language === 'catalog' ? (
        <CatalogEditor
          datasource={datasource}
          query={{ ...query, metric: query.metric ?? '', queryType: 'catalog' }}
          forAlert={false}
          onChange={change}
          options={options}
        />
      ) : (
        <PromQLEditor
          datasource={datasource}
          query={{ ...query, expr: query.expr ?? '', queryType: 'promql' }}
          forAlert={false}
          onChange={change}
          onRun={onRunQuery}
          options={options}
        />
      )}
      {notices(data).map((text) => (
        <Alert key={text} severity="info" title={text} />
      ))}
    </EditorRows>
  );
}

/** Until Grafana has stored what `prepareAnnotation` made, there is a query of another kind, or none. */
function asEvents(query: ModelMetricsQuery): EventsQuery {
  return query.queryType === 'annotation' ? editableQuery(query) : { refId: query.refId, queryType: 'annotation' };
}

/** What the backend reports along with its answer. Grafana shows it on panels alone. */
function notices(data: PanelData | undefined): string[] {
  const texts = (data?.series ?? []).flatMap(({ meta }) => meta?.notices ?? []).map(({ text }) => text);
  return [...new Set([...texts, ...infosOf(data?.series)])];
}
