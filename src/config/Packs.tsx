import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, LoadingPlaceholder, Stack, Text } from '@grafana/ui';
import React from 'react';
import useAsyncRetry from 'react-use/lib/useAsyncRetry';
import { lastValueFrom } from 'rxjs';

import { ShippedPack, shippedPacks, whyUnanswered } from './packs';
import { PackSwitch } from './PackSwitch';
import type { SectionProps } from './QuerySettings';

interface Props extends SectionProps {
  /** The data source's. */
  uid: string;
}

/** The packs that ship with the plugin, each with a switch. */
export function Packs(props: Props) {
  const { value: packs, error, retry } = useAsyncRetry(() => lastValueFrom(shippedPacks(props.uid)), [props.uid]);
  return (
    <ConfigSection
      title="Packs"
      description="The metrics that ship with the plugin. Turning a pack off takes its metrics out of the catalog; dashboards and alert rules that ask for them then say so. Default: all are on."
    >
      {error && (
        <Alert title="The packs could not be loaded" severity="warning" buttonContent="Try again" onRemove={retry}>
          {whyUnanswered(error)}
        </Alert>
      )}
      {!error && !packs && <LoadingPlaceholder text="Loading the packs…" />}
      {packs && <Switches {...props} packs={packs} />}
    </ConfigSection>
  );
}

interface SwitchesProps extends SectionProps {
  packs: ShippedPack[];
}

function Switches({ packs, options: { disabledPacks = [] }, disabled, onChange }: SwitchesProps) {
  const isOn = ({ name }: ShippedPack) => !disabledPacks.includes(name);
  const turn = ({ name }: ShippedPack, on: boolean) => {
    const off = disabledPacks.filter((other) => other !== name);
    const next = on ? off : [...off, name];
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
            isOn={isOn(pack)}
            disabled={disabled}
            onChange={(on) => turn(pack, on)}
          />
        ))}
      </Stack>
      <Text color="secondary">
        {`${count(packs.filter(isOn))} of ${count(packs)} metrics are on.`}
        {unknown.length > 0 && ` Also turned off, but not in this version of the plugin: ${unknown.join(', ')}.`}
      </Text>
    </Stack>
  );
}

function count(packs: ShippedPack[]): number {
  return packs.reduce((sum, { metrics }) => sum + metrics.length, 0);
}
