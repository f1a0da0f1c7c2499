import { isText, readNumber } from '../shared/storedValues';
import { ReportOptions, ReportPart } from '../shared/reportOptions';

export const PARTS: ReportPart[] = ['performance', 'usage', 'costs', 'resources', 'errors'];
export const ROLES = ['Viewer', 'Editor', 'Admin'] as const;
export const MAX_USD = 1e9;

type Roles = NonNullable<ReportOptions['roles']>;
type Prices = NonNullable<ReportOptions['prices']>;

/** The keys of each category of prices except compute, whose keys are the names of tiers. */
const PRICED = {
  storage: ['models', 'outputs'],
  network: ['ingress', 'egress'],
  other: ['coldStarts', 'monitoring', 'logging'],
} as const;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns whether a stored value is neither missing nor blank. The backend also ignores missing and blank values. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(isText(value) && value.trim() === '');
}

const isPart = (name: string): name is ReportPart => PARTS.some((part) => part === name);
const isRole = (value: unknown): value is Roles[ReportPart] => ROLES.some((role) => role === value);

/** The roles that apply if the stored roles can't be read. The backend applies the same roles. */
const RESERVED: Roles = Object.fromEntries(PARTS.map((part) => [part, 'Admin']));

function readRoles(value: unknown): Roles {
  const stored = isObject(value) ? Object.entries(value).filter(([name, role]) => !isPart(name) || isSet(role)) : [];
  const isReadable = isObject(value) && stored.every(([name, role]) => isPart(name) && isRole(role));
  return isReadable ? Object.fromEntries(stored) : RESERVED;
}

/** Reads amounts in USD. As in the backend, one invalid amount or name makes them all invalid: the result is null. */
function readAmounts(value: unknown, names?: readonly string[]): Record<string, number> | null | undefined {
  if (!isSet(value)) {
    return undefined;
  }
  if (!isObject(value)) {
    return null;
  }
  const stored = Object.entries(value).filter(([, usd]) => isSet(usd));
  const amounts = stored.map(([name, usd]) => [name, readNumber(usd) ?? NaN] as const);
  const isReadable = amounts.every(([name, usd]) => usd >= 0 && usd <= MAX_USD && (!names || names.includes(name)));
  return isReadable ? nonEmpty(Object.fromEntries(amounts)) : null;
}

/** Reads prices. As in the backend, one invalid category makes all prices invalid. */
function readPrices(value: unknown): Prices | undefined {
  const names = Object.keys(isObject(value) ? value : {});
  if (!isObject(value) || names.some((name) => name !== 'compute' && !(name in PRICED) && isSet(value[name]))) {
    return undefined;
  }
  const prices = {
    compute: readAmounts(value.compute),
    storage: readAmounts(value.storage, PRICED.storage),
    network: readAmounts(value.network, PRICED.network),
    other: readAmounts(value.other, PRICED.other),
  };
  return Object.values(prices).includes(null) ? undefined : (nonEmpty(prices) as Prices | undefined);
}

/** Removes undefined values. Returns undefined if no value remains. */
export function nonEmpty<T extends object>(options: T): T | undefined {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

/**
 * Reads the settings of the endpoint report. Settings that can't be read are omitted. If the roles are invalid, or the
 * value is not an object, the minimum role for every section is Admin.
 */
export function readReport(value: unknown): ReportOptions | undefined {
  if (!isSet(value)) {
    return undefined;
  }
  if (!isObject(value)) {
    return { roles: RESERVED };
  }
  return nonEmpty({
    roles: isSet(value.roles) ? readRoles(value.roles) : undefined,
    prices: readPrices(value.prices),
    budgets: readAmounts(value.budgets) ?? undefined,
    requestsPerHour: readNumber(value.requestsPerHour),
  });
}
