import { EditorRow } from '@grafana/plugin-ui';
import { Button, ClipboardButton, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsync from 'react-use/lib/useAsync';

import { EditorDataSource } from '../shared/editorDataSource';
import { errorMessage } from '../shared/errorMessage';
import { CatalogQuery } from '../shared/types';

interface Props {
  datasource: EditorDataSource;
  query: CatalogQuery;
  /** Called with the PromQL of the query when the user continues in PromQL. */
  onContinue?: (expr: string) => void;
}

/** Shows the PromQL of a catalog query. */
export function CatalogPreview({ datasource, query, onContinue }: Props) {
  const { metric, params, groupBy, window, range, instant } = query;
  const key = JSON.stringify([metric, params, groupBy, window, range, instant]);
  const { value, error, loading } = useAsync(() => datasource.getPreview(query), [datasource, key]);

  const missing = value?.missing_params ?? [];
  return (
    <EditorRow>
      <Stack direction="column" gap={0.5} flex={1}>
        <Stack justifyContent="space-between" alignItems="center" wrap="wrap">
          <Text variant="bodySmall" weight="medium">
            Generated PromQL
          </Text>
          {value && missing.length === 0 && (
            <Stack gap={1}>
              {/* Disabled while the next preview is loading, because the shown text doesn't contain the last change. */}
              <ClipboardButton
                icon="copy"
                size="sm"
                variant="secondary"
                fill="text"
                disabled={loading}
                getText={() => value.query}
              >
                Copy
              </ClipboardButton>
              {onContinue && (
                <Button
                  icon="pen"
                  size="sm"
                  variant="secondary"
                  fill="text"
                  disabled={loading}
                  tooltip="Edit this query as PromQL. The query then no longer follows changes of the catalog."
                  onClick={() => onContinue(value.query)}
                >
                  Continue in PromQL
                </Button>
              )}
            </Stack>
          )}
        </Stack>
        <div aria-live="polite">
          {error && (
            <Text variant="bodySmall" color="error">
              {errorMessage(error)}
            </Text>
          )}
          {value && <pre aria-label="Generated PromQL">{value.query}</pre>}
          {missing.length > 0 && (
            <Text variant="bodySmall" color="secondary">
              Set {missing.join(' and ')} to run the query.
            </Text>
          )}
        </div>
      </Stack>
    </EditorRow>
  );
}
