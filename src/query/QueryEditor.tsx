import { CoreApp, QueryEditorProps } from '@grafana/data';
import { EditorRows } from '@grafana/plugin-ui';
import React, { useState } from 'react';

import { EditorDataSource } from '../shared/editorDataSource';
import { kindFields, kindOf } from './queryKind';
import { editableQuery } from '../shared/readableQuery';
import {
  CatalogQuery,
  isCatalogQuery,
  ModelMetricsOptions,
  ModelMetricsQuery,
  PromQLQuery,
  VariableQuery,
} from '../shared/types';
import { AlertVariables } from './AlertVariables';
import { BroughtFilters } from './QueryFilters';
import { CatalogEditor } from './CatalogEditor';
import { Language, LanguageSwitch } from './LanguageSwitch';
import { PromQLEditor } from './PromQLEditor';
import { isRunnable } from './runnableQuery';
import { QueryInfos } from './QueryInfos';
import { AUTO_LEGEND } from './QueryOptions';

export type Props = QueryEditorProps<EditorDataSource, ModelMetricsQuery, ModelMetricsOptions>;

/** Edits a panel's or an alert rule's query, and runs it after each change. */
export function QueryEditor({ app, datasource, query: stored, data, onChange, onRunQuery }: Props) {
  const query = editableQuery(stored);
  const forAlert = app === CoreApp.UnifiedAlerting;
  const language = languageOf(query);
  const [isContinued, setIsContinued] = useState(false);
  const run = (asked: ModelMetricsQuery) => {
    // Grafana leaves out a query that asks nothing, and an alert rule's expressions then fail for want of it.
    if (!forAlert || isRunnable(asked)) {
      onRunQuery();
    }
  };
  const change = (edited: Exclude<ModelMetricsQuery, VariableQuery>) => {
    // Grafana 12.3 and later drop `instant` from a new rule's query. It is stored again for those who read the rule.
    const next = forAlert ? { ...edited, ...kindFields(kindOf(edited)) } : edited;
    onChange(next);
    run(next);
  };
  return (
    <EditorRows>
      <LanguageSwitch
        value={language}
        onChange={(next) => {
          setIsContinued(false);
          change(next === 'catalog' ? toCatalog(query) : toPromQL(query));
        }}
      />
      {language === 'catalog' ? (
        <CatalogEditor
          datasource={datasource}
          query={asCatalog(query)}
          forAlert={forAlert}
          onChange={change}
          onContinue={(expr, legend) => {
            setIsContinued(true);
            change({ ...toPromQL(query), expr, legendFormat: legend || AUTO_LEGEND });
          }}
        />
      ) : (
        <PromQLEditor
          datasource={datasource}
          query={asPromQL(query)}
          forAlert={forAlert}
          onChange={change}
          onRun={() => run(query)}
          opened={isContinued}
        />
      )}
      <QueryInfos data={data} refId={query.refId} />
      {forAlert && <AlertVariables query={query} />}
      {'adhocFilters' in query && (
        <BroughtFilters filters={query.adhocFilters} onChange={(adhocFilters) => change({ ...query, adhocFilters })} />
      )}
    </EditorRows>
  );
}

/** A query that says nothing yet begins in the catalog. */
function languageOf(query: ModelMetricsQuery): Language {
  if (isCatalogQuery(query)) {
    return 'catalog';
  }
  return query.queryType === 'promql' || ('expr' in query && query.expr) ? 'promql' : 'catalog';
}

// The other language's fields stay in the query, so that switching back finds them.
function asCatalog(query: ModelMetricsQuery): CatalogQuery {
  return { metric: '', ...query, queryType: 'catalog' };
}

function asPromQL(query: ModelMetricsQuery): PromQLQuery {
  return { expr: '', ...query, queryType: 'promql' };
}

// In PromQL no legend means all labels, which is what panels of the Prometheus data source rely on; a new query is better
// served by those that differ. In the catalog no legend means the metric's own.

function toCatalog(query: ModelMetricsQuery): CatalogQuery {
  const next = asCatalog(query);
  return next.legendFormat === AUTO_LEGEND ? { ...next, legendFormat: undefined } : next;
}

function toPromQL(query: ModelMetricsQuery): PromQLQuery {
  const next = asPromQL(query);
  return { ...next, legendFormat: next.legendFormat || AUTO_LEGEND };
}
