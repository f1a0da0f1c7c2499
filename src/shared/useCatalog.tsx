import { Alert } from '@grafana/ui';
import React, { ReactElement } from 'react';
import useAsyncRetry from 'react-use/lib/useAsyncRetry';

import { Catalog } from './catalog';
import { EditorDataSource } from './editorDataSource';
import { errorMessage } from './errorMessage';

/** Returns the data source's catalog once it is loaded, or an alert to render if it can't be loaded. */
export function useCatalog(datasource: EditorDataSource): { catalog?: Catalog; failure?: ReactElement } {
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
