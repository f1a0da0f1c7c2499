import { AnnotationQuery, AnnotationSupport } from '@grafana/data';

import { AnnotationEditor } from './AnnotationEditor';
import { readList, readSwitch, readText } from '../shared/storedValues';
import { EventsQuery, ModelMetricsQuery } from '../shared/types';

/** What annotations of Grafana's Prometheus data source hold, now or in earlier versions. They mark in steps of a minute unless they say otherwise. */
interface PrometheusAnnotation {
  expr?: unknown;
  step?: unknown;
  titleFormat?: unknown;
  textFormat?: unknown;
  /** Names of labels, between commas. */
  tagKeys?: unknown;
  /** Forms have stored `on` and nothing for it. */
  useValueForTime?: unknown;
  target?: { expr?: unknown; interval?: unknown } | null;
}

const PROMETHEUS_STEP = '60s';

/** Annotations whose events the backend finds; Grafana's own code makes marks of the frame that it answers. */
export const annotationSupport: AnnotationSupport<ModelMetricsQuery> = {
  QueryEditor: AnnotationEditor,

  /** Grafana asks until the annotation comes back as it is. */
  prepareAnnotation(annotation: AnnotationQuery<ModelMetricsQuery>): AnnotationQuery<ModelMetricsQuery> {
    if (annotation.target?.queryType === 'annotation') {
      return annotation;
    }
    const { expr, step, titleFormat, textFormat, tagKeys, useValueForTime, ...rest } = annotation;
    const target = fromPrometheus(annotation as PrometheusAnnotation) ?? newQuery();
    return { ...rest, target };
  },

  /** The annotation's data source is the one to ask, and no other that its query may have been stored with. */
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
