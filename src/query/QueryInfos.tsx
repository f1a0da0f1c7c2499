import { PanelData } from '@grafana/data';
import { EditorRow } from '@grafana/plugin-ui';
import { Icon, Stack, Text } from '@grafana/ui';
import React from 'react';

import { infosOf } from '../shared/infos';

interface Props {
  data: PanelData | undefined;
  refId: string;
}

/** Shows the PromQL infos of a query's last response. */
export function QueryInfos({ data, refId }: Props) {
  const frames = data?.series.filter((frame) => (frame.refId ?? refId) === refId);
  const infos = infosOf(frames);
  if (infos.length === 0) {
    return null;
  }
  return (
    <EditorRow>
      <Stack direction="column" gap={0.5} role="group" aria-label="PromQL infos">
        {infos.map((info) => (
          <Stack key={info} alignItems="center" gap={1}>
            <Icon name="info-circle" />
            <Text variant="bodySmall" color="secondary">
              {info}
            </Text>
          </Stack>
        ))}
      </Stack>
    </EditorRow>
  );
}
