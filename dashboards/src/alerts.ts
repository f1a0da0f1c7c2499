/** Lists of the alerts that fire. */
import { PanelBuilder as CustomPanel } from '@grafana/grafana-foundation-sdk/dashboard';

import type { AlertPanel } from './pack';

/** Sorts by state: firing alerts are the first. */
const BY_IMPORTANCE = 3;

/**
 * Builds a list of alert rules that are firing or pending, or that Grafana can't evaluate. Rules without such alerts are
 * not listed.
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
      maxItems: 20,
      sortOrder: BY_IMPORTANCE,
      dashboardAlerts: false,
      alertName: '',
      alertInstanceLabelFilter: `{platform=~"${(platforms ?? ['.+']).join('|')}"}`,
      stateFilter: { firing: true, pending: true, error: true, noData: true, normal: false },
    });
