import { EditorRow } from '@grafana/plugin-ui';
import { Alert, Icon, Stack, Text } from '@grafana/ui';
import React from 'react';

import { CallerAccess, readableRefusal } from '../shared/access';

/** Reports whether the current user may query only the catalog. */
export function isPromQLBlocked(access: CallerAccess | undefined): boolean {
  return access?.promql === 'block';
}

interface Props {
  access: CallerAccess | undefined;
  /** The expression of the edited query, if it is in PromQL. */
  expr?: string;
}

/** Explains what the current user may not do, and why. */
export function AccessNote({ access, expr }: Props) {
  if (access?.denied) {
    return (
      <Alert severity="warning" title="You may not read data from this data source">
        {access.message ? readableRefusal(access.message) : 'Ask an administrator for access.'}
      </Alert>
    );
  }
  if (!access || !isPromQLBlocked(access)) {
    return null;
  }
  if (expr) {
    return (
      <Alert severity="warning" title="You may not run this query, because it is not in the catalog">
        <p>{access.message}</p>
        <pre aria-label="PromQL">{expr}</pre>
        <p>Select Catalog and a metric instead.</p>
      </Alert>
    );
  }
  return (
    <EditorRow>
      <Stack alignItems="center" gap={1}>
        <Icon name="info-circle" />
        <Text variant="bodySmall" color="secondary">
          {['You may not use PromQL in this data source.', access.message].filter(Boolean).join(' ')}
        </Text>
      </Stack>
    </EditorRow>
  );
}
