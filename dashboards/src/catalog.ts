import { execFileSync } from 'node:child_process';

import type { Params } from '../../src/shared/types';
import type { Family, Metric, Pack, PackDashboard } from './pack';

/** A table column of the endpoint report. `name` is the name of the frame's field, and `title` is the heading. */
export interface ReportTitle {
  name: string;
  title: string;
}

/** The packs of the plugin, with their metrics by name. */
export class Catalog {
  private readonly metrics: Map<string, Metric>;
  private readonly families: Map<string, Family>;

  /**
   * `columns` maps the sections of the endpoint report that are tables to their columns. `severalSeries` contains the
   * names of the metrics that can have several series even if their grouping is empty.
   */
  constructor(
    readonly packs: Pack[],
    private readonly columns: Record<string, ReportTitle[]> = {},
    private readonly severalSeries: string[] = []
  ) {
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

  /** Reports whether a metric can have several series even if its grouping is empty. */
  hasSeveralSeries(name: string): boolean {
    return this.severalSeries.includes(name);
  }

  /** Reports whether the values of a label of a metric have names that people read. */
  hasNames(metric: string, label?: string): boolean {
    const pack = this.packs.find(({ metrics }) => metrics.some(({ name }) => name === metric));
    return (pack?.label_names ?? []).some((names) => names.label === label);
  }

  dashboard(uid: string): PackDashboard {
    const dashboard = this.packs.flatMap((pack) => pack.dashboards ?? []).find((candidate) => candidate.uid === uid);
    if (!dashboard) {
      throw new Error(`no pack has a dashboard ${uid}`);
    }
    return dashboard;
  }

  /** Returns the columns of a section of the endpoint report, or an empty list if the section is not a table. */
  reportColumns(section: string): ReportTitle[] {
    return this.columns[section] ?? [];
  }

  /** Returns the labels of a metric family, or an empty list if no pack declares the family. */
  labels(name: string): string[] {
    return this.families.get(name)?.labels ?? [];
  }
}

const byName = <T extends { name: string }>(list: T[]) => new Map(list.map((item) => [item.name, item]));

/** Returns the parameters of a metric: first the required ones, then the optional ones. */
export const paramsOf = ({ required_params: required, optional_params: optional }: Metric): string[] => [
  ...(required ?? []),
  ...(optional ?? []),
];

/** Sorts parameters in the order of `names`. Parameters that `names` doesn't contain come first. */
export const inOrder = (params: Params = {}, names: string[]): Params =>
  Object.fromEntries(Object.entries(params).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b)));

/** The output of the Go loader. */
interface CatalogJson {
  packs: Pack[];
  columns: Record<string, ReportTitle[]>;
  severalSeries: string[];
}

/** Loads the packs with the Go loader, so that only one program parses their YAML. */
export function loadCatalog(root: string): Catalog {
  const json = execFileSync('go', ['run', './generate', '-catalog'], {
    cwd: root,
    // GOWORK=off uses the dependency versions of the plugin instead of those of the workspace.
    env: { ...process.env, GOWORK: 'off' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { packs, columns, severalSeries }: CatalogJson = JSON.parse(json);
  return new Catalog(packs, columns, severalSeries);
}
