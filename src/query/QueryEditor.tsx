import { CoreApp, QueryEditorProps } from '@grafana/data';
import { EditorRows } from '@grafana/plugin-ui';
import React, { useState } from 'react';

import { isAdmin } from '../shared/currentUser';
import { EditorDataSource } from '../shared/editorDataSource';
import { ModelMetricsOptions } from '../shared/options';
import { editableQuery } from '../shared/readableQuery';
import {
  AuditQuery,
  CatalogQuery,
  isAuditQuery,
  isCatalogQuery,
  isReportQuery,
  ModelMetricsQuery,
  PromQLQuery,
  ReportQuery,
  VariableQuery,
} from '../shared/types';
import { useAccess } from '../shared/useAccess';
import { AccessNote, isPromQLBlocked } from './AccessNote';
import { AlertVariables } from './AlertVariables';
import { AuditEditor } from './AuditEditor';
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
  const isExplore = app === CoreApp.Explore;
  const language = languageOf(query);
  const access = useAccess(datasource);
  const isBlocked = isPromQLBlocked(access);
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
  const continueInPromQL = (expr: string, legend: string | undefined) => {
    setIsContinued(true);
    change({ ...toPromQL(query), expr, legendFormat: legend || AUTO_LEGEND });
  };
  return (
    <EditorRows>
      <LanguageSwitch
        value={language}
        languages={languagesFor(language, isBlocked, forAlert)}
        onChange={(next) => {
          setIsContinued(false);
          change(inLanguage(query, next));
        }}
        // A query in PromQL can be incomplete only until its field loses the focus, which the click causes.
        isRunnable={language === 'promql' || isRunnable(query)}
        onRun={() => run(query)}
      />
      <AccessNote access={access} expr={language === 'promql' ? asPromQL(query).expr : undefined} />
      {language === 'audit' && <AuditEditor datasource={datasource} query={asAudit(query)} onChange={change} />}
      {language === 'report' && <ReportEditor datasource={datasource} query={asReport(query)} onChange={change} />}
      {language === 'catalog' && (
        <CatalogEditor
          datasource={datasource}
          query={asCatalog(query)}
          forAlert={forAlert}
          isExplore={isExplore}
          onChange={change}
          onContinue={isBlocked ? undefined : continueInPromQL}
        />
      )}
      {language === 'promql' && !isBlocked && (
        <PromQLEditor
          datasource={datasource}
          query={asPromQL(query)}
          forAlert={forAlert}
          isExplore={isExplore}
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

/**
 * Returns the languages that the user can select. Administrators can select the audit log, but not in alert rules,
 * because the audit log has no number that an alert rule could compare. If the query already is for the audit log, the
 * audit log is always offered.
 */
function languagesFor(current: Language, isBlocked: boolean, forAlert: boolean): Language[] {
  const hasAudit = current === 'audit' || (isAdmin() && !forAlert);
  return ['catalog', ...(isBlocked ? [] : (['promql'] as const)), 'report', ...(hasAudit ? (['audit'] as const) : [])];
}

/** Returns the language of a query. It is the catalog for an empty query. */
function languageOf(query: ModelMetricsQuery): Language {
  if (isReportQuery(query)) {
    return 'report';
  }
  if (isAuditQuery(query)) {
    return 'audit';
  }
  if (isCatalogQuery(query)) {
    return 'catalog';
  }
  return query.queryType === 'promql' || ('expr' in query && query.expr) ? 'promql' : 'catalog';
}

type EditedQuery = CatalogQuery | PromQLQuery | ReportQuery | AuditQuery;

function inLanguage(query: ModelMetricsQuery, language: Language): EditedQuery {
  switch (language) {
    case 'catalog':
      return withoutAutoLegend(withUnits(asCatalog(query)));
    case 'report':
      return withoutAutoLegend(asReport(query));
    case 'audit':
      return asAudit(query);
    case 'promql':
      return toPromQL(query);
  }
}

// The fields of the other languages stay in the query, so that switching back restores them.
function asCatalog(query: ModelMetricsQuery): CatalogQuery {
  return { metric: '', ...query, queryType: 'catalog' };
}

/** Turns on the units of a query that becomes a catalog query. A query that already has a metric keeps its option. */
function withUnits(query: CatalogQuery): CatalogQuery {
  return query.metric ? query : { units: true, ...query };
}

function asPromQL(query: ModelMetricsQuery): PromQLQuery {
  return { expr: '', ...query, queryType: 'promql' };
}

function asReport(query: ModelMetricsQuery): ReportQuery {
  return { endpointIds: [], section: '', ...query, queryType: 'report' };
}

function asAudit(query: ModelMetricsQuery): AuditQuery {
  return { ...query, queryType: 'audit' };
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
