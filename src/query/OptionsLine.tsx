import { EditorRow } from '@grafana/plugin-ui';
import { Stack, Text } from '@grafana/ui';
import React, { ReactNode, useId, useState } from 'react';

import { ExpandButton } from '../shared/ExpandButton';

interface Props {
  /** The texts that are shown while the options are closed, such as "Type: Range". */
  summary: string[];
  children: ReactNode;
}

/** Shows options that most users don't need. While they are closed, one line summarizes them. */
export function OptionsLine({ summary, children }: Props) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <EditorRow>
      <Stack direction="column" gap={1}>
        <Stack alignItems="center" gap={2} wrap="wrap">
          <ExpandButton size="sm" isOpen={isOpen} controls={id} onChange={setOpen}>
            Options
          </ExpandButton>
          {!isOpen &&
            summary.map((text) => (
              <Text key={text} variant="bodySmall" color="secondary">
                {text}
              </Text>
            ))}
        </Stack>
        <div id={id} hidden={!isOpen}>
          {isOpen && (
            <Stack gap={2} wrap="wrap">
              {children}
            </Stack>
          )}
        </div>
      </Stack>
    </EditorRow>
  );
}
