import { parseArguments } from '../shared/nameArgument';
import { paramValues } from '../shared/params';
import { matcherParams, parseSelector, portableSelector } from '../shared/selector';
import { isVariableQuery, SeriesSelection, VariableQuery } from '../shared/types';

/** A dashboard variable's query as Grafana's Prometheus data source stores it, when it isn't the text alone. */
interface PrometheusVariable {
  refId?: string;
  query?: unknown;
}

/**
 * The query that a dashboard variable holds. One that comes from Grafana's Prometheus data source is a text such as
 * `label_values(up, job)`, or has it in its field `query`. Undefined where it asks nothing yet.
 */
export function storedQuery(stored: unknown): VariableQuery | undefined {
  if (isVariableQuery(stored)) {
    return stored;
  }
  const { query, refId }: PrometheusVariable = typeof stored === 'object' && stored ? stored : { query: stored };
  const text = typeof query === 'string' ? query.trim() : '';
  return text ? parseVariable(text, refId || 'variable') : undefined;
}

const FUNCTION = /^(label_names|label_values|metrics|query_result|catalog_metrics|param_values)\(([^]*)\)$/;

function parseVariable(query: string, refId: string): VariableQuery | undefined {
  const base = { refId, query };
  const [, name, argument = ''] = query.match(FUNCTION) ?? [];
  const { selector, name: last } = parseArguments(argument);
  switch (name) {
    case 'label_names':
      return { ...base, queryType: 'labelNames', ...(argument.trim() && { regex: argument.trim() }) };
    case 'label_values':
      if (last) {
        return { ...base, queryType: 'labelValues', label: last, ...movedSeries(selector) };
      }
      // Prometheus says what is wrong with it.
      return argument.trim() ? { ...base, queryType: 'series', match: query } : undefined;
    case 'metrics':
      return argument
        ? { ...base, queryType: 'metricNames', ...(argument !== '.*' && { regex: argument }) }
        : undefined;
    case 'query_result':
      return argument ? { ...base, queryType: 'queryResult', expr: argument } : undefined;
    case 'catalog_metrics':
      return { ...base, queryType: 'catalogMetrics' };
    case 'param_values': {
      const { metric = '', params } = seriesOf(selector);
      return last ? { ...base, queryType: 'paramValues', metric, param: last, params } : undefined;
    }
    default:
      return { ...base, queryType: 'series', match: query };
  }
}

/**
 * What a variable that moved over selects. A filter by another variable stays as it is written: at All, and at nothing, a
 * field would filter nothing, where a selector asks for whatever All stands for, and for no value.
 */
function movedSeries(text = ''): SeriesSelection {
  const series = seriesOf(text);
  const values = Object.values(series.params ?? {}).flatMap(paramValues);
  return values.some((value) => /\$[\w{]|\[\[/.test(value)) ? { match: portableSelector(text) } : series;
}

/** A selector as fields; what fields can't say stays as it is written. */
function seriesOf(text = ''): SeriesSelection {
  const selector = parseSelector(text);
  const params = selector && matcherParams(selector.matchers);
  if (!params) {
    return { match: portableSelector(text) };
  }
  return {
    ...(selector.metric && { metric: selector.metric }),
    ...(selector.matchers.length > 0 && { params }),
  };
}
