import type { APIRequestContext } from '@playwright/test';

/** An alert rule as Grafana's alerting sees it. */
export interface Rule {
  name: string;
  state: string;
  health: string;
  lastError?: string;
  alerts?: Array<{ state: string; annotations: Record<string, string> }>;
}

// In a quiet fleet Grafana evaluates most rules once a minute, and TensorOne's once in five.
export const EVALUATED = { timeout: 400_000 };

/** The titles of the provisioned rules, sorted. */
export async function provisionedRules(request: APIRequestContext): Promise<string[]> {
  const rules: Array<{ title: string }> = await (await request.get('/api/v1/provisioning/alert-rules')).json();
  return rules.map(({ title }) => title).sort();
}

/** The rules with the states of their last evaluation. */
export async function readRules(request: APIRequestContext): Promise<Rule[]> {
  const answer = await (await request.get('/api/prometheus/grafana/api/v1/rules')).json();
  return answer.data.groups.flatMap((group: { rules: Rule[] }) => group.rules);
}
