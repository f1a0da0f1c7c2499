import { Alert } from '@grafana/ui';
import React, { ReactElement } from 'react';
import useAsyncRetry from 'react-use/lib/useAsyncRetry';

import { Catalog } from './catalog';
import type { ModelMetricsDataSource } from '../datasource';
import { errorMessage } from './errorMessage';

/** The data source's catalog once it is there, or what to show where it can't be had. */
export function useCatalog(datasource: ModelMetricsDataSource): { catalog?: Catalog; failure?: ReactElement } {
  const { value, error, retry } = useAsyncRetry(() => datasource.getCatalog(), [datasource]);
  if (!error) {
    return { catalog: value };
  }
  return {
    failure: (
      <Alert title="The catalog could not be loaded" severity="error" buttonContent="Try again" onRemove={retry}>
        {errorMessage(error)}
      </Alert>
    ),
  };
}
