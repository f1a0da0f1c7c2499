import { DataSourcePlugin } from '@grafana/data';

import { ConfigEditor } from './config/ConfigEditor';
import { ModelMetricsDataSource } from './datasource';
import { QueryEditor } from './query/QueryEditor';
import { QueryHelp } from './query/QueryHelp';
import { ModelMetricsOptions } from './shared/options';
import { ModelMetricsQuery } from './shared/types';

export const plugin = new DataSourcePlugin<ModelMetricsDataSource, ModelMetricsQuery, ModelMetricsOptions>(
  ModelMetricsDataSource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryHelp);
