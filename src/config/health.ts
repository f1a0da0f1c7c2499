import { filter, map, Observable, Subject } from 'rxjs';

import { AccessProblem } from './access';
import { PackProblem } from './packs';

/** A pack and the number of its metrics. Metrics that user packs replace are not counted. */
interface PackSummary {
  name: string;
  title: string;
  metrics: number;
}

/** The details of the backend's health check. */
export interface HealthDetails {
  /** The server's name. This field and the next three are missing if the test query failed. */
  server?: string;
  /** Missing if the test query failed, or if the server doesn't report its version. */
  version?: string;
  language?: 'PromQL' | 'MetricsQL';
  method?: 'POST' | 'GET';
  /** Whether the server supports exemplars. */
  exemplars: boolean;
  /** Warnings from the server, for example if it can't read a part of its storage. */
  warnings: string[];
  catalogMetrics: number;
  packs: PackSummary[];
  /** Disabled built-in packs. */
  disabledPacks: PackSummary[];
  /** Names of disabled packs that this version of the plugin doesn't have. */
  unknownPacks: string[];
  /** Problems of user packs. */
  problems: PackProblem[];
  /** The number of access rules, and their problems. */
  access: { rules: number; problems: AccessProblem[] };
  /**
   * The endpoint of the audit log, or an empty text if there is none. The numbers count the exported events, the events
   * that still wait, and the dropped events. `problem` is the reason why the last request failed. Only administrators
   * get the endpoint and the problem.
   */
  audit: { endpoint: string; exported: number; queued: number; dropped: number; problem?: string };
  /** The keys of settings that aren't used as they are stored, with the reasons. */
  settings: Array<{ setting: string; text: string }>;
}

// "Save & test" calls the data source. Grafana shows the message of the result, but not these details. This subject
// passes them to the settings page.
const checks = new Subject<{ uid: string; details: unknown }>();

/** Publishes the details of a health check to the settings page of the data source. */
export function publishHealthCheck(uid: string, details: unknown) {
  checks.next({ uid, details });
}

/**
 * Returns the details of each health check of a data source from now on. They are undefined if the result doesn't
 * contain the details of the backend.
 */
export function healthChecks(uid: string): Observable<HealthDetails | undefined> {
  return checks.pipe(
    filter((check) => check.uid === uid),
    map(({ details }) => (isHealthDetails(details) ? details : undefined))
  );
}

function isHealthDetails(details: unknown): details is HealthDetails {
  return typeof details === 'object' && details !== null && 'packs' in details && 'problems' in details;
}
