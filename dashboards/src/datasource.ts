import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

export const PLUGIN_ID = 'modelmetrics-catalog-datasource';

/** The data source that the dashboard's hidden variable holds: one JSON fits file provisioning and the import page. */
export const datasource: DataSourceRef = { type: PLUGIN_ID, uid: '${datasource}' };
