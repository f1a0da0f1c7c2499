import { map, Observable } from 'rxjs';

import { PolicyVerdict } from '../shared/access';
import { fetchResource } from './resource';

/** A problem of the access rules or of the policy. */
export interface AccessProblem {
  /** The line and the column in the YAML, counted from 1, or 0 if they are unknown. */
  line: number;
  column: number;
  /** The key, such as `rules[0].when.org`, or empty. */
  path: string;
  text: string;
}

/** Access rules and policy of a data source, in YAML. */
export interface EditedAccess {
  uid: string;
  access: string;
}

export type Role = 'Viewer' | 'Editor' | 'Admin';

/** A user or an alert rule that queries the data source. */
export interface Caller {
  login: string;
  email: string;
  role: Role;
  /** The id of the organization. */
  org: number;
  /** Whether an alert rule queries the data source. Login, email and role then have no meaning. */
  alert: boolean;
}

export interface EditedCaller extends EditedAccess {
  caller: Caller;
}

/** One limit of the policy. `max` is missing if the verdict is `off`, or if the limit has no maximum. */
export interface PolicyLimit {
  name: string;
  verdict: PolicyVerdict;
  max?: string;
}

/** What a caller sees, and why. */
export interface Explanation {
  denied: boolean;
  /** The name of the rule that decides, or empty. */
  rule: string;
  reason: string;
  message: string;
  matchers: string[];
  policy: PolicyLimit[];
}

/** Checks access rules before they are saved. Unsubscribing cancels the request. */
export function checkAccess({ uid, access }: EditedAccess): Observable<AccessProblem[]> {
  return fetchResource<{ problems: AccessProblem[] }>(uid, {
    url: 'access/check',
    method: 'POST',
    data: { access },
  }).pipe(map(({ problems }) => problems));
}

/** Requests what a caller would see with the edited access rules, whether or not they are saved. */
export function explainAccess({ uid, access, caller }: EditedCaller): Observable<Explanation> {
  return fetchResource(uid, { url: 'access/explain', method: 'POST', data: { ...caller, access } });
}
