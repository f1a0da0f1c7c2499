/** Lists of the alerts that fire. */
import { PanelBuilder as CustomPanel } from '@grafana/grafana-foundation-sdk/dashboard';

import type { AlertPanel } from './pack';

/** Sorts by state: firing alerts are the first. */
const BY_IMPORTANCE = 3;

/**
 * The minimum width, in columns of the grid, of a list with the alerts of each rule. In a narrower panel, Grafana cuts
 * off their labels.
 */
const MIN_WIDTH_FOR_LABELS = 16;

/**
 * Builds a list of alert rules with alerts that are firing or pending, or that Grafana can't evaluate. In a wide panel,
 * the alerts of a rule are below it, with their labels, which name the cause.
 */
export const alertList = ({ title, description, platforms, width }: AlertPanel) =>
  new CustomPanel()
    .type('alertlist')
    .title(title)
    .description(description)
    .options({
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 20,
      sortOrder: BY_IMPORTANCE,
      dashboardAlerts: false,
      showInstances: width !== undefined && width >= MIN_WIDTH_FOR_LABELS,
      alertName: '',
      alertInstanceLabelFilter: `{platform=~"${(platforms ?? ['.+']).join('|')}"}`,
      stateFilter: { firing: true, pending: true, error: true, noData: true, normal: false },
    });
