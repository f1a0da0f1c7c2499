/** Builds the links between dashboards. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { DashboardLink, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

import { Catalog } from './catalog';
import type { PackDashboard, PackLink, PackPanel } from './pack';
import { DATASOURCE_VARIABLE } from './variables';

/** Builds a menu of all dashboards with a tag. Its links keep the time range and the variables. */
export const dashboardsMenu = (tag: string): Builder<DashboardLink> =>
  linkOf({
    title: 'Platform dashboards',
    type: DashboardLinkType.Dashboards,
    icon: 'external link',
    tooltip:
      'The other dashboards. They open with this time range, and with the values of the variables that both dashboards have',
    tags: [tag],
    asDropdown: true,
    includeVars: true,
    keepTime: true,
  });

/**
 * Builds the links of a panel's series. `firstLabel` is the label of a table's first column, which has the links.
 */
export const dataLinks = (
  panel: Pick<PackPanel, 'links' | 'show' | 'worst'>,
  from: PackDashboard,
  catalog: Catalog,
  firstLabel?: string
): Array<Builder<DashboardLink>> =>
  (panel.links ?? []).map((link) => {
    const to = link.dashboard === undefined ? from : catalog.dashboard(link.dashboard);
    const isTable = panel.show === 'table' || panel.worst !== undefined;
    return linkOf({ title: link.title, url: url(link, from, to, isTable, firstLabel) });
  });

/**
 * Returns the URL of a dashboard with the time range, the variables that both dashboards have, and the variables that
 * the link sets to label values of the series.
 */
function url(link: PackLink, from: PackDashboard, to: PackDashboard, isTable: boolean, firstLabel?: string): string {
  const choose = link.choose ?? {};
  const available = names(from);
  const kept = names(to).filter((name) => available.includes(name) && !(name in choose));
  // A cell can show the name of its value (label_names). The link needs the value, which is __value.raw. The text of
  // __data.fields is the name.
  const cell = (name: string) => (name === firstLabel ? '__value.raw' : `__data.fields.${name}`);
  const label = (name: string) => (isTable ? cell(name) : `__field.labels.${name}`);
  // With the format queryparam, Grafana writes a variable as var-NAME=VALUE and encodes the value. It encodes the value
  // of a label only with a format such as percentencode.
  const parameters = [
    '${__url_time_range}',
    ...kept.map((name) => `\${${name}:queryparam}`),
    ...Object.entries(choose).map(([name, from]) => `var-${name}=\${${label(from)}:percentencode}`),
  ];
  return `/d/${to.uid}?${parameters.join('&')}`;
}

const names = ({ variables }: PackDashboard) => [DATASOURCE_VARIABLE, ...(variables ?? []).map(({ name }) => name)];

/**
 * Returns a builder for a link of a dashboard or a series. The SDK's own builder is not used, because it sets
 * `placement`, which moves the link to the menu of the dashboard's controls.
 */
const linkOf = (link: Partial<DashboardLink>): Builder<DashboardLink> => ({
  build: () => ({
    title: '',
    type: DashboardLinkType.Link,
    icon: '',
    tooltip: '',
    tags: [],
    asDropdown: false,
    targetBlank: false,
    includeVars: false,
    keepTime: false,
    ...link,
  }),
});
