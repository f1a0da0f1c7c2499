import { execFileSync } from 'node:child_process';

import type { Params } from '../../src/shared/types';
import type { Family, Metric, Pack, PackDashboard } from './pack';

/** The plugin's packs, and their metrics by name, as its own loader reads them. */
export class Catalog {
  private readonly metrics: Map<string, Metric>;
  private readonly families: Map<string, Family>;

  constructor(readonly packs: Pack[]) {
    this.metrics = byName(packs.flatMap((pack) => pack.metrics));
    this.families = byName(packs.flatMap((pack) => pack.families));
  }

  metric(name: string): Metric {
    const metric = this.metrics.get(name);
    if (!metric) {
      throw new Error(`the catalog has no metric ${name}`);
    }
    return metric;
  }

  dashboard(uid: string): PackDashboard {
    const found = this.packs.flatMap((pack) => pack.dashboards ?? []).find((dashboard) => dashboard.uid === uid);
    if (!found) {
      throw new Error(`no pack has a dashboard ${uid}`);
    }
    return found;
  }

  /** The labels that a Prometheus metric has, as far as the packs say. */
  labels(name: string): string[] {
    return this.families.get(name)?.labels ?? [];
  }
}

const byName = <T extends { name: string }>(list: T[]) => new Map(list.map((item) => [item.name, item]));

/** The parameters that a metric takes, in its own order. */
export const paramsOf = ({ required_params: required, optional_params: optional }: Metric): string[] => [
  ...(required ?? []),
  ...(optional ?? []),
];

/** Filters in the order in which the catalog names what they filter by: the widest comes first, as in a path. */
export const inOrder = (params: Params = {}, names: string[]): Params =>
  Object.fromEntries(Object.entries(params).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b)));

/** Asks the Go loader for the packs, so that only one program reads their YAML. */
export function loadCatalog(root: string): Catalog {
  const json = execFileSync('go', ['run', './generate', '-catalog'], {
    cwd: root,
    // The plugin's own dependencies, not the workspace's.
    env: { ...process.env, GOWORK: 'off' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { packs }: { packs: Pack[] } = JSON.parse(json);
  return new Catalog(packs);
}
