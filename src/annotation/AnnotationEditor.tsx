import { AnnotationSupport, PanelData } from '@grafana/data';
import { EditorRows } from '@grafana/plugin-ui';
import { Alert } from '@grafana/ui';
import React, { ComponentProps, useState } from 'react';

import { AccessNote, isPromQLBlocked } from '../query/AccessNote';
import { CatalogEditor } from '../query/CatalogEditor';
import { LanguageSwitch } from '../query/LanguageSwitch';
import { PromQLEditor } from '../query/PromQLEditor';
import { infosOf } from '../shared/infos';
import { editableQuery } from '../shared/readableQuery';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';
import { useAccess } from '../shared/useAccess';
import { AnnotationFields } from './AnnotationFields';

type Props = ComponentProps<NonNullable<AnnotationSupport<ModelMetricsQuery>['QueryEditor']>>;

/** Edits an annotation query. Grafana runs it after each change. */
export function AnnotationEditor({ datasource, query: stored, data, onChange, onRunQuery }: Props) {
  const query = asEvents(stored);
  // A query with an expression is shown as PromQL. When the user selects the catalog, the expression moves from the
  // query to this state.
  const [previousExpr, setPreviousExpr] = useState('');
  const access = useAccess(datasource);
  const isBlocked = isPromQLBlocked(access);
  const language = query.expr === undefined ? 'catalog' : 'promql';
  const change = (next: Omit<Partial<EventsQuery>, 'queryType'>) =>
    onChange({ ...query, ...next, queryType: 'annotation' });
  const options = <AnnotationFields query={query} onChange={change} />;
  return (
    <EditorRows>
      <LanguageSwitch
        value={language}
        languages={isBlocked ? ['catalog'] : ['catalog', 'promql']}
        onChange={(next) => {
          setPreviousExpr(query.expr ?? previousExpr);
          change({ expr: next === 'catalog' ? undefined : previousExpr });
        }}
      />
      <AccessNote access={access} expr={query.expr} />
      {language === 'catalog' && (
        <CatalogEditor
          datasource={datasource}
          query={{ ...query, metric: query.metric ?? '', queryType: 'catalog' }}
          forAlert={false}
          onChange={change}
          options={options}
        />
      )}
      {language === 'promql' && !isBlocked && (
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

/**
 * Returns the query as an annotation query. Grafana can pass a query that is empty or of another type until it has
 * stored the result of `prepareAnnotation`. Such a query becomes an annotation query without fields.
 */
function asEvents(query: ModelMetricsQuery): EventsQuery {
  return query.queryType === 'annotation' ? editableQuery(query) : { refId: query.refId, queryType: 'annotation' };
}

/** Returns the notices and PromQL infos of a response. Grafana shows neither for annotations. */
function notices(data: PanelData | undefined): string[] {
  const texts = (data?.series ?? []).flatMap(({ meta }) => meta?.notices ?? []).map(({ text }) => text);
  return [...new Set([...texts, ...infosOf(data?.series)])];
}
