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
  /** Called with the PromQL that asks the same. Without it the text is only shown. */
  onContinue?: (expr: string) => void;
}

/** The PromQL that a catalog query runs. */
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
            PromQL that runs
          </Text>
          {value && missing.length === 0 && (
            <Stack gap={1}>
              {/* While the next text is on its way this one lacks what was chosen last. */}
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
                  tooltip="Goes on from here in a text of your own, which no longer follows the catalog."
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
          {value && <pre aria-label="PromQL that runs">{value.query}</pre>}
          {missing.length > 0 && (
            <Text variant="bodySmall" color="secondary">
              It runs once {missing.join(' and ')} {missing.length === 1 ? 'has a value' : 'have values'}.
            </Text>
          )}
        </div>
      </Stack>
    </EditorRow>
  );
}
