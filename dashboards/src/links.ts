/** The ways from one dashboard to another. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { DashboardLink, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

import { Catalog } from './catalog';
import type { PackDashboard, PackLink, PackPanel } from './pack';
import { DATASOURCE_VARIABLE } from './variables';

/** A menu of all dashboards with a tag. Each is opened at this one's time range and with its variables. */
export const dashboardsMenu = (tag: string): Builder<DashboardLink> =>
  linkOf({
    title: 'Model Metrics',
    type: DashboardLinkType.Dashboards,
    icon: 'external link',
    tooltip: 'The other dashboards, with this time range and the variables that they have too',
    tags: [tag],
    asDropdown: true,
    includeVars: true,
    keepTime: true,
  });

/** What a click on one of a panel's series offers. */
export const dataLinks = (panel: PackPanel, from: PackDashboard, catalog: Catalog): Array<Builder<DashboardLink>> =>
  (panel.links ?? []).map((link) => {
    const to = link.dashboard === undefined ? from : catalog.dashboard(link.dashboard);
    return linkOf({ title: link.title, url: url(link, from, to, panel.show === 'table') });
  });

/** The time range, what is chosen in the variables that both dashboards have, and what the series chooses. */
function url({ choose }: PackLink, from: PackDashboard, to: PackDashboard, isTable: boolean): string {
  const here = names(from);
  const kept = names(to).filter((name) => here.includes(name) && !(name in choose));
  const label = (name: string) => (isTable ? `__data.fields.${name}` : `__field.labels.${name}`);
  // What is chosen here is written for a URL already, a label's value is not.
  const parameters = [
    '${__url_time_range}',
    ...kept.map((name) => `\${${name}:queryparam}`),
    ...Object.entries(choose).map(([name, from]) => `var-${name}=\${${label(from)}:percentencode}`),
  ];
  return `/d/${to.uid}?${parameters.join('&')}`;
}

const names = ({ variables }: PackDashboard) => [DATASOURCE_VARIABLE, ...(variables ?? []).map(({ name }) => name)];

/** The SDK describes links of dashboards and of series alike. Its own builder would hide the menu in another one. */
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
