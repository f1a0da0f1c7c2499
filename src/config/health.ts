import { filter, map, Observable, Subject } from 'rxjs';

import { PackProblem } from './packs';

/** A pack, with how many metrics it adds to the catalog. */
interface FoundPack {
  name: string;
  title: string;
  metrics: number;
}

/** What a health check of the backend found. */
export interface Findings {
  /** The server's name; this and the next three are missing where none answered. */
  server?: string;
  /** Empty where the server doesn't say. */
  version?: string;
  language?: 'PromQL' | 'MetricsQL';
  method?: 'POST' | 'GET';
  /** The server keeps them. */
  exemplars: boolean;
  /** Of the server, such as a part of its storage that it can't read. */
  warnings: string[];
  catalogMetrics: number;
  packs: FoundPack[];
  /** Built-in packs that are turned off. */
  disabledPacks: FoundPack[];
  /** Names of packs to turn off that this version of the plugin doesn't have. */
  unknownPacks: string[];
  /** Of the user's own packs. */
  problems: PackProblem[];
  /** Settings that aren't used as they are stored, by their keys. */
  settings: Array<{ setting: string; text: string }>;
}

// "Save & test" asks the data source, and the settings page hears of it here: Grafana shows the page no more than the
// message.
const checks = new Subject<{ uid: string; details: unknown }>();

/** Tells the settings page of a data source what a health check found. */
export function publishHealthCheck(uid: string, details: unknown) {
  checks.next({ uid, details });
}

/** What every health check of a data source finds from now on; nothing where the backend gave no answer. */
export function healthChecks(uid: string): Observable<Findings | undefined> {
  return checks.pipe(
    filter((check) => check.uid === uid),
    map(({ details }) => (isFindings(details) ? details : undefined))
  );
}

function isFindings(details: unknown): details is Findings {
  return typeof details === 'object' && details !== null && 'packs' in details && 'problems' in details;
}
