import { DataSourcePlugin } from '@grafana/data';

import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { QueryHelp } from './components/QueryHelp';
import { ModelMetricsDataSource } from './datasource';
import { ModelMetricsOptions, ModelMetricsQuery } from './types';

export const plugin = new DataSourcePlugin<ModelMetricsDataSource, ModelMetricsQuery, ModelMetricsOptions>(
  ModelMetricsDataSource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryHelp);
