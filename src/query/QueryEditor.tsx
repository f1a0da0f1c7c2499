import { CoreApp, QueryEditorProps } from '@grafana/data';
import { EditorRows } from '@grafana/plugin-ui';
import React, { useState } from 'react';

import { EditorDataSource } from '../shared/editorDataSource';
import { editableQuery } from '../shared/readableQuery';
import {
  CatalogQuery,
  isCatalogQuery,
  isReportQuery,
  ModelMetricsOptions,
  ModelMetricsQuery,
  PromQLQuery,
  ReportQuery,
  VariableQuery,
} from '../shared/types';
import { AlertVariables } from './AlertVariables';
import { CatalogEditor } from './CatalogEditor';
import { Language, LanguageSwitch } from './LanguageSwitch';
import { PromQLEditor } from './PromQLEditor';
import { QueryFilters } from './QueryFilters';
import { QueryInfos } from './QueryInfos';
import { kindFields, kindOf } from './queryKind';
import { AUTO_LEGEND } from './QueryOptions';
import { ReportEditor } from './ReportEditor';
import { isRunnable } from './runnableQuery';

export type Props = QueryEditorProps<EditorDataSource, ModelMetricsQuery, ModelMetricsOptions>;

/**
 * Edits a query of a panel, of Explore or of an alert rule, and runs it after each change. An incomplete query of an
 * alert rule is not run.
 */
export function QueryEditor({ app, datasource, query: stored, data, onChange, onRunQuery }: Props) {
  const query = editableQuery(stored);
  const forAlert = app === CoreApp.UnifiedAlerting;
  const language = languageOf(query);
  const [isContinued, setIsContinued] = useState(false);
  const run = (next: ModelMetricsQuery) => {
    // Grafana doesn't run an incomplete query. In an alert rule, the expressions that refer to the query then fail.
    if (!forAlert || isRunnable(next)) {
      onRunQuery();
    }
  };
  const change = (edited: Exclude<ModelMetricsQuery, VariableQuery>) => {
    // Grafana 12.3 and later remove `instant` from the query of a new rule. Both `range` and `instant` are stored, so
    // that the kind of the query doesn't depend on defaults.
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
          change(inLanguage(query, next));
        }}
      />
      {language === 'report' && <ReportEditor datasource={datasource} query={asReport(query)} onChange={change} />}
      {language === 'catalog' && (
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
      )}
      {language === 'promql' && (
        <PromQLEditor
          datasource={datasource}
          query={asPromQL(query)}
          forAlert={forAlert}
          onChange={change}
          onRun={() => run(query)}
          autoFocus={isContinued}
        />
      )}
      <QueryInfos data={data} refId={query.refId} />
      {forAlert && <AlertVariables query={query} />}
      {'adhocFilters' in query && (
        <QueryFilters filters={query.adhocFilters} onChange={(adhocFilters) => change({ ...query, adhocFilters })} />
      )}
    </EditorRows>
  );
}

/** Returns the language of a query. It is the catalog for an empty query. */
function languageOf(query: ModelMetricsQuery): Language {
  if (isReportQuery(query)) {
    return 'report';
  }
  if (isCatalogQuery(query)) {
    return 'catalog';
  }
  return query.queryType === 'promql' || ('expr' in query && query.expr) ? 'promql' : 'catalog';
}

function inLanguage(query: ModelMetricsQuery, language: Language): CatalogQuery | PromQLQuery | ReportQuery {
  switch (language) {
    case 'catalog':
      return withoutAutoLegend(asCatalog(query));
    case 'report':
      return withoutAutoLegend(asReport(query));
    case 'promql':
      return toPromQL(query);
  }
}

// The fields of the other languages stay in the query, so that switching back restores them.
function asCatalog(query: ModelMetricsQuery): CatalogQuery {
  return { metric: '', ...query, queryType: 'catalog' };
}

function asPromQL(query: ModelMetricsQuery): PromQLQuery {
  return { expr: '', ...query, queryType: 'promql' };
}

function asReport(query: ModelMetricsQuery): ReportQuery {
  return { endpointIds: [], section: '', ...query, queryType: 'report' };
}

// In PromQL, an empty legend means the name and all labels, as in panels of the Prometheus data source. A query without
// a legend gets AUTO_LEGEND when it is switched to PromQL, because AUTO_LEGEND is more readable. In the catalog, an
// empty legend means the legend of the metric. In a report, it means the endpoint or the field. AUTO_LEGEND is removed
// when a query is switched to the catalog or to a report.

function withoutAutoLegend<Query extends CatalogQuery | ReportQuery>(next: Query): Query {
  return next.legendFormat === AUTO_LEGEND ? { ...next, legendFormat: undefined } : next;
}

function toPromQL(query: ModelMetricsQuery): PromQLQuery {
  const next = asPromQL(query);
  return { ...next, legendFormat: next.legendFormat || AUTO_LEGEND };
}
