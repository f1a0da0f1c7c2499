/** What a dashboard marks on its graphs. */
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

/** Grafana's own annotations. Without them a panel does not show the states of its alert rules. */
export const alertStates = () =>
  new AnnotationQueryBuilder()
    .builtIn(1)
    .name('Annotations & Alerts')
    .datasource({ type: 'grafana', uid: '-- Grafana --' })
    .enable(true)
    .hide(true)
    .iconColor('rgba(0, 211, 255, 1)')
    .type('dashboard');

/** A pack's own. */
export function events(described: PackAnnotation, catalog: Catalog): Builder<AnnotationQuery> {
  const metric = catalog.metric(described.metric);
  const query: EventsQuery = {
    refId: 'Anno',
    queryType: 'annotation',
    metric: metric.name,
    params: inOrder(described.params, paramsOf(metric)),
    groupBy: described.group_by ?? undefined,
    window: described.window,
    interval: described.min_step,
    title: described.title,
    text: described.text,
    tags: described.tags ?? [],
  };
  const built = new AnnotationQueryBuilder()
    .name(described.name)
    .datasource(datasource)
    .enable(!described.disabled)
    .hide(Boolean(described.hidden))
    .iconColor(described.color ?? COLOR)
    .target(asTarget(query));
  if (described.panels) {
    built.filter(new AnnotationPanelFilterBuilder().ids(described.panels));
  }
  // The SDK would put the switch in a menu of Grafana's newest versions.
  return { build: () => ({ ...built.build(), placement: undefined }) };
}
