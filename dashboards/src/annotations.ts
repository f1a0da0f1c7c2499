/** Builds the annotations of a dashboard. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationPanelFilterBuilder,
  AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';

import type { EventsQuery } from '../../src/shared/types';
import { Catalog, inOrder, paramsOf } from './catalog';
import { datasource } from './datasource';
import type { PackAnnotation } from './pack';
import { asTarget } from './target';

const COLOR = 'purple';

/** Builds Grafana's built-in annotations. Without them a panel does not show the states of its alert rules. */
export const alertStates = () =>
  new AnnotationQueryBuilder()
    .builtIn(1)
    .name('Annotations & Alerts')
    .datasource({ type: 'grafana', uid: '-- Grafana --' })
    .enable(true)
    .hide(true)
    .iconColor('rgba(0, 211, 255, 1)')
    .type('dashboard');

/** Builds an annotation of a pack. */
export function events(annotation: PackAnnotation, catalog: Catalog): Builder<AnnotationQuery> {
  const metric = catalog.metric(annotation.metric);
  const query: EventsQuery = {
    refId: 'Anno',
    queryType: 'annotation',
    metric: metric.name,
    params: inOrder(annotation.params, paramsOf(metric)),
    groupBy: annotation.group_by ?? undefined,
    window: annotation.window,
    interval: annotation.min_step,
    title: annotation.title,
    text: annotation.text,
    tags: annotation.tags ?? [],
  };
  const builder = new AnnotationQueryBuilder()
    .name(annotation.name)
    .datasource(datasource)
    .enable(!annotation.disabled)
    .hide(Boolean(annotation.hidden))
    .iconColor(annotation.color ?? COLOR)
    .target(asTarget(query));
  if (annotation.panels) {
    builder.filter(new AnnotationPanelFilterBuilder().ids(annotation.panels));
  }
  // The builder sets `placement` by default. Recent versions of Grafana then move the annotation's switch from the top
  // of the dashboard into a menu. Without the property, the switch stays visible.
  return { build: () => ({ ...builder.build(), placement: undefined }) };
}
