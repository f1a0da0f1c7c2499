/** Lists of the alerts that fire. */
import { PanelBuilder as CustomPanel } from '@grafana/grafana-foundation-sdk/dashboard';

import type { AlertPanel } from './pack';

/** Sorts by state: firing alerts are the first. */
const BY_IMPORTANCE = 3;

/**
 * Builds a list of alert rules with alerts that are firing or pending, or that Grafana can't evaluate. A list for one
 * platform shows the alerts of each rule with their labels, which name the cause. A longer list shows them on a click.
 */
export const alertList = ({ title, description, platforms }: AlertPanel) =>
  new CustomPanel()
    .type('alertlist')
    .title(title)
    .description(description)
    .options({
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 100,
      sortOrder: BY_IMPORTANCE,
      dashboardAlerts: false,
      showInstances: platforms?.length === 1,
      alertName: '',
      alertInstanceLabelFilter: `{platform=~"${(platforms ?? ['.+']).join('|')}"}`,
      stateFilter: { firing: true, pending: true, error: true, noData: true, normal: false },
    });
