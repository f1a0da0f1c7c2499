import { readableQuery } from '../shared/readableQuery';
import { isText } from '../shared/storedValues';
import { isCatalogQuery, isReportQuery, ModelMetricsQuery } from '../shared/types';

/** Reports whether a query is sent to the backend: it is not hidden, and its required fields are set. */
export function isRunnable(stored: ModelMetricsQuery): boolean {
  const query = readableQuery(stored);
  if (query.hide) {
    return false;
  }
  if (isCatalogQuery(query)) {
    return Boolean(query.metric);
  }
  if (isReportQuery(query)) {
    return Boolean(query.section) && Boolean(query.endpointIds?.length);
  }
  switch (query.queryType) {
    case 'annotation':
      return isPresent(query.expr ?? query.metric);
    case 'labelValues':
      return Boolean(query.label);
    case 'paramValues':
      return Boolean(query.metric && query.param);
    case 'audit':
    case 'labelNames':
    case 'metricNames':
    case 'catalogMetrics':
      return true;
    case 'series':
      return isPresent(query.match);
    default:
      return isPresent(query.expr);
  }
}

/** Reports whether a field is set. A value of the wrong type counts as set, so that the backend reports the error. */
function isPresent(text: unknown): boolean {
  return isText(text) ? text.trim() !== '' : Boolean(text);
}
