import { ConfigSection } from '@grafana/plugin-ui';
import { Box, Text } from '@grafana/ui';
import React, { useMemo } from 'react';
import useObservable from 'react-use/lib/useObservable';

import { counted } from './CheckStatus';
import { HealthDetails, healthChecks } from './health';

/** Shows the details of the result of "Save & test". Grafana itself shows only the result's message. */
export function TestResult({ uid }: { uid: string }) {
  const details = useObservable(useMemo(() => healthChecks(uid), [uid]));
  return (
    <ConfigSection title="Test">
      {/* Screen readers announce changes only in an element that is already there. */}
      <div role="status">
        {details ? (
          <Box paddingLeft={2}>
            <ul aria-label="Test result">
              {resultLines(details).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </Box>
        ) : (
          <Text color="secondary">
            The test runs a query. The result lists the server, its capabilities and the packs of the catalog.
          </Text>
        )}
      </div>
    </ConfigSection>
  );
}

function resultLines(details: HealthDetails): string[] {
  return [
    ...(details.server ? serverLines(details) : ['The test query failed.']),
    `Catalog: ${details.catalogMetrics} metrics`,
    ...list('Packs', packNames(details.packs)),
    ...list('Disabled packs', packNames(details.disabledPacks)),
    ...list('Disabled packs that are not in this version of the plugin', details.unknownPacks),
    ...details.settings.map(({ text }) => text),
    ...(details.access.rules ? [`Access rules: ${details.access.rules}`] : []),
    ...auditLines(details.audit),
    ...problemLines('User metrics', details.problems, 'User metrics'),
    ...problemLines('Access rules', details.access.problems, 'Access and policy'),
  ];
}

function serverLines({ server, version, language, method, exemplars, warnings }: HealthDetails): string[] {
  return [
    `Server: ${[server, version].filter(Boolean).join(' ')}`,
    `Query language: ${language}`,
    `HTTP method: ${method}`,
    `Exemplars: ${exemplars ? 'yes' : 'no'}`,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

function auditLines({ endpoint, exported, queued, dropped, problem }: HealthDetails['audit']): string[] {
  const counts = `${exported.toLocaleString('en')} decisions sent to ${endpoint}, ${queued} waiting, ${dropped} dropped`;
  return endpoint ? [`Audit log: ${counts}${problem ? `. The last request failed: ${problem}` : ''}`] : [];
}

/** Returns a line with the number of problems, or no line if there are none. `section` describes each problem. */
function problemLines(text: string, problems: Array<{ line: number }>, section: string): string[] {
  const lines = [...new Set(problems.map(({ line }) => line))].filter((line) => line > 0);
  const positions = lines.length ? `, in ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}` : '';
  const number = counted(problems.length, 'problem');
  return problems.length ? [`${text}: ${number}${positions}. See the section ${section}.`] : [];
}

function packNames(packs: HealthDetails['packs']): string[] {
  return packs.map(({ title, metrics }) => `${title} (${metrics})`);
}

function list(title: string, names: string[]): string[] {
  return names.length ? [`${title}: ${names.join(', ')}`] : [];
}
