import { EditorRow } from '@grafana/plugin-ui';
import { Button, ClipboardButton, Stack, Text } from '@grafana/ui';
import React, { useState } from 'react';
import useAsync from 'react-use/lib/useAsync';
import useDebounce from 'react-use/lib/useDebounce';

import type { ModelMetricsDataSource } from '../datasource';
import { errorMessage } from '../errorMessage';
import { CatalogQuery } from '../types';

/** How long a query stays as it is before it is asked about. */
const PAUSE = 300;

interface Props {
  datasource: ModelMetricsDataSource;
  query: CatalogQuery;
  /** Called with the PromQL that asks the same. Without it the text is only shown. */
  onContinue?: (expr: string) => void;
}

/** The PromQL that a catalog query runs. */
export function CatalogPreview({ datasource, query, onContinue }: Props) {
  const { metric, params, groupBy, window, range, instant } = query;
  const key = JSON.stringify([metric, params, groupBy, window, range, instant]);
  const [asked, setAsked] = useState({ key, query });
  useDebounce(() => key !== asked.key && setAsked({ key, query }), PAUSE, [key]);
  const { value, error } = useAsync(() => datasource.getPreview(asked.query), [datasource, asked]);

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
              <ClipboardButton icon="copy" size="sm" variant="secondary" fill="text" getText={() => value.query}>
                Copy
              </ClipboardButton>
              {onContinue && (
                <Button
                  icon="pen"
                  size="sm"
                  variant="secondary"
                  fill="text"
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
