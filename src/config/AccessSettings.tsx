import { ConfigSection } from '@grafana/plugin-ui';
import { Alert, Stack } from '@grafana/ui';
import React, { useMemo } from 'react';

import { AccessProblem, checkAccess } from './access';
import { AccessPreview } from './AccessPreview';
import { AuditSettings, AuditToken } from './AuditSettings';
import { CheckedYaml } from './CheckedYaml';
import { problemsBadge } from './CheckStatus';
import { EXAMPLE_ACCESS } from './exampleAccess';
import type { SectionProps } from './QuerySettings';
import { useCheck } from './useCheck';

interface Props extends SectionProps {
  /** The uid of the data source. */
  uid: string;
  /** The id of the data source's organization. */
  org: number;
  token: AuditToken;
}

/** Edits the access rules, the policy for queries and the destination of the audit log. */
export function AccessSettings({ uid, org, token, ...section }: Props) {
  return (
    <ConfigSection
      title="Access and policy"
      description="Access rules restrict the series that a user sees. A policy limits queries. The audit log contains the decisions about queries. Without rules, everyone who can query this data source sees everything."
      isCollapsible
      isInitiallyOpen={Boolean(section.options.access !== undefined || section.options.auditOtlpUrl)}
    >
      <Stack direction="column" gap={3}>
        <AccessEditor uid={uid} org={org} {...section} />
        <AuditSettings token={token} {...section} />
      </Stack>
    </ConfigSection>
  );
}

function AccessEditor({ uid, org, options: { access: stored }, disabled, onChange }: Omit<Props, 'token'>) {
  const access = stored ?? '';
  const isBlank = access.trim() === '';
  const isBroken = isBlank && stored !== undefined;
  const edited = useMemo(() => (isBlank ? undefined : { uid, access }), [uid, access, isBlank]);
  const { result: problems, checked, ...check } = useCheck(edited, checkAccess);

  return (
    <>
      <Stack direction="column" gap={1}>
        <CheckedYaml
          label="Access rules in YAML"
          value={access}
          disabled={disabled}
          blank={isBroken ? '' : 'No access rules and no policy. Nobody is restricted.'}
          example={EXAMPLE_ACCESS}
          check={check}
          badge={problems && badgeOf(problems)}
          failureTitle="The rules could not be checked"
          problems={problems}
          position={({ path }) => path}
          consequence="If you save invalid rules, every request for data fails until the rules are valid."
          onChange={(text) => onChange({ access: text?.trim() ? text : undefined })}
        />
        {isBroken && (
          <Alert
            title="The stored rules are blank, so every request for data fails"
            severity="error"
            buttonContent={disabled ? undefined : 'Remove the setting'}
            onRemove={disabled ? undefined : () => onChange({ access: undefined })}
          >
            Write rules or a policy. If you remove the setting instead, nobody is restricted.
          </Alert>
        )}
      </Stack>
      {checked && problems?.length === 0 && <AccessPreview valid={checked} org={org} />}
    </>
  );
}

function badgeOf(problems: AccessProblem[]) {
  return problems.length > 0
    ? problemsBadge(problems.length)
    : ({ color: 'green', icon: 'check', text: 'Valid' } as const);
}
