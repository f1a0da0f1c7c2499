import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, LoadingPlaceholder, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsyncRetry from 'react-use/lib/useAsyncRetry';
import { lastValueFrom } from 'rxjs';

import { BuiltInPack, loadBuiltInPacks } from './packs';
import { PackSwitch } from './PackSwitch';
import type { SectionProps } from './QuerySettings';
import { failureText } from './resource';

interface Props extends SectionProps {
  /** The uid of the data source. */
  uid: string;
}

/** Lists the built-in packs, each with a switch. */
export function Packs(props: Props) {
  const { value: packs, error, retry } = useAsyncRetry(() => lastValueFrom(loadBuiltInPacks(props.uid)), [props.uid]);
  return (
    <ConfigSection
      title="Packs"
      description="Metrics that ship with the plugin. Disabling a pack removes its metrics from the catalog. Dashboards and alert rules that use the removed metrics show an error. Default: all packs are enabled."
    >
      {error && (
        <Alert title="The packs could not be loaded" severity="warning" buttonContent="Try again" onRemove={retry}>
          {failureText(error)}
        </Alert>
      )}
      {!error && !packs && <LoadingPlaceholder text="Loading packs…" />}
      {packs && <Switches {...props} packs={packs} />}
    </ConfigSection>
  );
}

interface SwitchesProps extends SectionProps {
  packs: BuiltInPack[];
}

function Switches({ packs, options: { disabledPacks = [] }, disabled, onChange }: SwitchesProps) {
  const isEnabled = ({ name }: BuiltInPack) => !disabledPacks.includes(name);
  const setEnabled = ({ name }: BuiltInPack, enabled: boolean) => {
    const others = disabledPacks.filter((other) => other !== name);
    const next = enabled ? others : [...others, name];
    onChange({ disabledPacks: next.length ? next : undefined });
  };
  const unknown = disabledPacks.filter((name) => packs.every((pack) => pack.name !== name));

  return (
    <Stack direction="column" gap={1}>
      <Stack direction="column" gap={1} role="list" aria-label="Packs">
        {packs.map((pack) => (
          <PackSwitch
            key={pack.name}
            pack={pack}
            isEnabled={isEnabled(pack)}
            disabled={disabled}
            onChange={(enabled) => setEnabled(pack, enabled)}
          />
        ))}
      </Stack>
      <Text color="secondary">
        {`${countMetrics(packs.filter(isEnabled))} of ${countMetrics(packs)} metrics are enabled.`}
        {unknown.length > 0 && ` Also disabled, but not in this version of the plugin: ${unknown.join(', ')}.`}
      </Text>
    </Stack>
  );
}

function countMetrics(packs: BuiltInPack[]): number {
  return packs.reduce((sum, { metrics }) => sum + metrics.length, 0);
}
