import { AnnotationQuery, AnnotationSupport } from '@grafana/data';

import { readList, readSwitch, readText } from '../shared/storedValues';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';
import { AnnotationEditor } from './AnnotationEditor';

/** The fields of an annotation of Grafana's Prometheus data source, in current and earlier versions. */
interface PrometheusAnnotation {
  expr?: unknown;
  step?: unknown;
  titleFormat?: unknown;
  textFormat?: unknown;
  /** Names of labels, separated by commas. */
  tagKeys?: unknown;
  /** Older versions store `on`. */
  useValueForTime?: unknown;
  target?: { expr?: unknown; interval?: unknown } | null;
}

/** The default step of annotations of Grafana's Prometheus data source. */
const PROMETHEUS_STEP = '60s';

/** Adds annotation queries to the data source. The backend returns their events as a frame. */
export const annotationSupport: AnnotationSupport<ModelMetricsQuery> = {
  QueryEditor: AnnotationEditor,

  /** While the user edits an annotation, Grafana calls this function until it returns the annotation unchanged. */
  prepareAnnotation(annotation: AnnotationQuery<ModelMetricsQuery>): AnnotationQuery<ModelMetricsQuery> {
    if (annotation.target?.queryType === 'annotation') {
      return annotation;
    }
    const { expr, step, titleFormat, textFormat, tagKeys, useValueForTime, ...rest } = annotation;
    const target = fromPrometheus(annotation as PrometheusAnnotation) ?? newQuery();
    return { ...rest, target };
  },

  /** Removes the data source that is stored in the query, so that Grafana uses the annotation's data source. */
  prepareQuery({ target }: AnnotationQuery<ModelMetricsQuery>): ModelMetricsQuery | undefined {
    return target && { ...target, datasource: undefined };
  },
};

function newQuery(): EventsQuery {
  return { refId: 'Anno', queryType: 'annotation', metric: '', params: {} };
}

function fromPrometheus(annotation: PrometheusAnnotation): EventsQuery | undefined {
  const { target, step, titleFormat, textFormat, tagKeys, useValueForTime } = annotation;
  const expr = readText(target?.expr) || readText(annotation.expr);
  if (!expr) {
    return undefined;
  }
  const labels = readList(tagKeys) ?? [];
  return {
    refId: 'Anno',
    queryType: 'annotation',
    expr,
    interval: readText(target?.interval) || readText(step) || PROMETHEUS_STEP,
    title: readText(titleFormat),
    text: readText(textFormat),
    tags: labels.map((label) => `{{${label}}}`),
    useValueForTime: readSwitch(useValueForTime) || undefined,
  };
}
