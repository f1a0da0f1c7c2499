import { ConfigSection } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React, { useMemo } from 'react';

import { CheckedYaml } from './CheckedYaml';
import { EXAMPLE_PACK } from './examplePack';
import { packBadge } from './packBadge';
import { PackPreview } from './PackPreview';
import { checkPacks } from './packs';
import type { SectionProps } from './QuerySettings';
import { useCheck } from './useCheck';

const CONSEQUENCE =
  "If you save invalid packs, queries for their metrics fail. If a pack's metrics can't be determined, queries for all metrics of the catalog fail.";

interface Props extends SectionProps {
  /** The uid of the data source. */
  uid: string;
}

/** Edits user packs, and checks them while the user types. */
export function UserPacks(props: Props) {
  return (
    <ConfigSection
      title="User metrics"
      description="Metrics that you add to the catalog, in packs written in YAML. A user metric with the name of a built-in metric replaces the built-in metric."
      isCollapsible
      isInitiallyOpen={Boolean(props.options.packs)}
    >
      <PacksEditor {...props} />
    </ConfigSection>
  );
}

function PacksEditor({ uid, options: { packs = '' }, disabled, onChange }: Props) {
  const isBlank = packs.trim() === '';
  const edited = useMemo(() => (isBlank ? undefined : { uid, packs }), [uid, packs, isBlank]);
  const { result, ...check } = useCheck(edited, checkPacks);

  return (
    <Stack direction="column" gap={1}>
      <CheckedYaml
        label="Packs in YAML"
        value={packs}
        disabled={disabled}
        blank="No user packs. The catalog contains only built-in metrics."
        example={EXAMPLE_PACK}
        check={check}
        badge={result && packBadge(result)}
        failureTitle="The packs could not be checked"
        problems={result?.problems}
        position={({ pack, metric, field }) => [pack, metric, field].filter(Boolean).join(' · ')}
        consequence={CONSEQUENCE}
        onChange={(text) => onChange({ packs: text })}
      />
      {result && result.metrics.length > 0 && <PackPreview metrics={result.metrics} />}
    </Stack>
  );
}
