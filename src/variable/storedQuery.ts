import { parseArguments } from '../shared/nameArgument';
import { paramValues } from '../shared/params';
import { matcherParams, parseSelector, portableSelector } from '../shared/selector';
import { isVariableQuery, SeriesSelection, VariableQuery } from '../shared/types';

/**
 * The object that Grafana's Prometheus data source stores for a variable. Older versions store only the text of
 * `query`.
 */
interface PrometheusVariable {
  refId?: string;
  query?: unknown;
}

/**
 * Reads the stored query of a dashboard variable. A query of Grafana's Prometheus data source is a text such as
 * `label_values(up, job)`, or has the text in its field `query`. Returns undefined for an empty query, and for a
 * function that requires arguments but has none.
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
  const { selector, name: label } = parseArguments(argument);
  switch (name) {
    case 'label_names':
      return { ...base, queryType: 'labelNames', ...(argument.trim() && { regex: argument.trim() }) };
    case 'label_values':
      if (label) {
        return { ...base, queryType: 'labelValues', label, ...importedSeries(selector) };
      }
      // The last argument is not a label name. If there are arguments, the whole text is sent as a selector. Because
      // it is not a valid selector, Prometheus returns an error, which the user sees.
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
      return label ? { ...base, queryType: 'paramValues', metric, param: label, params } : undefined;
    }
    default:
      return { ...base, queryType: 'series', match: query };
  }
}

/**
 * Converts the selector of an imported variable to fields. A selector with a variable in a value is kept in `match`,
 * because that variable can be set to All or have no value. In these cases, `match` compares the label with the value
 * of All or with the empty string, whereas a field would filter nothing.
 */
function importedSeries(text = ''): SeriesSelection {
  const series = seriesOf(text);
  const values = Object.values(series.params ?? {}).flatMap(paramValues);
  return values.some((value) => /\$[\w{]|\[\[/.test(value)) ? { match: portableSelector(text) } : series;
}

/** Converts a selector to fields. A selector that fields can't express is kept in `match`. */
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
