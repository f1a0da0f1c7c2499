import { execFileSync } from 'node:child_process';

/** A value from which on a panel shows a colour. */
export interface Threshold {
  value: number;
  color: string;
}

/** What a dashboard takes from a metric of the catalog; the rest is the backend's. */
export interface Metric {
  name: string;
  title: string;
  description: string;
  /** Grafana unit id. */
  unit: string;
  required_params: string[];
  optional_params: string[];
  legend?: string;
  thresholds?: Threshold[];
}

interface LoadedCatalog {
  packs: Array<{ metrics: Metric[] }>;
}

/** The plugin's metrics by name, as its own loader reads them. */
export class Catalog {
  private readonly metrics = new Map<string, Metric>();

  constructor(loaded: LoadedCatalog) {
    for (const metric of loaded.packs.flatMap((pack) => pack.metrics)) {
      this.metrics.set(metric.name, metric);
    }
  }

  metric(name: string): Metric {
    const metric = this.metrics.get(name);
    if (!metric) {
      throw new Error(`the catalog has no metric ${name}`);
    }
    return metric;
  }
}

/** Asks the Go loader for the packs, so that only one program reads their YAML. */
export function loadCatalog(root: string): Catalog {
  const json = execFileSync('go', ['run', './provisioning/generate', '-catalog'], {
    cwd: root,
    // The plugin's own dependencies, not the workspace's.
    env: { ...process.env, GOWORK: 'off' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Catalog(JSON.parse(json));
}
