import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

export const PLUGIN_ID = 'modelmetrics-catalog-datasource';

/**
 * Refers to the data source that the dashboard's hidden variable selects. The JSON therefore contains no uid of a data
 * source, and can be provisioned as well as imported.
 */
export const datasource: DataSourceRef = { type: PLUGIN_ID, uid: '${datasource}' };
