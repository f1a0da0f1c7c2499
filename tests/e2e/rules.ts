import type { APIRequestContext } from '@playwright/test';

/** An alert rule in Grafana's alerting API. */
export interface Rule {
  name: string;
  state: string;
  health: string;
  lastError?: string;
  alerts?: Array<{ state: string; annotations: Record<string, string> }>;
}

// The maximum time, in milliseconds, until every rule is evaluated. In the demo without incidents, Grafana evaluates
// most rules every minute, and TensorOne's rules every five minutes.
export const EVALUATED = { timeout: 400_000 };

/** Returns the sorted titles of the rules in Grafana's provisioning API, which lists all rules. */
export async function provisionedRules(request: APIRequestContext): Promise<string[]> {
  const rules: Array<{ title: string }> = await (await request.get('/api/v1/provisioning/alert-rules')).json();
  return rules.map(({ title }) => title).sort();
}

/** Returns the rules with the states of their last evaluation. */
export async function readRules(request: APIRequestContext): Promise<Rule[]> {
  const response = await (await request.get('/api/prometheus/grafana/api/v1/rules')).json();
  return response.data.groups.flatMap((group: { rules: Rule[] }) => group.rules);
}
