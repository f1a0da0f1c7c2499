import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

export const PLUGIN_ID = 'modelmetrics-catalog-datasource';

/**
 * The data source that the dashboard's hidden variable selects, so that the same JSON can be provisioned and imported.
 */
export const datasource: DataSourceRef = { type: PLUGIN_ID, uid: '${datasource}' };
