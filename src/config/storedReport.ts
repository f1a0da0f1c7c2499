import { isText, readNumber } from '../shared/storedValues';
import { ReportOptions, ReportPart } from '../shared/types';

export const PARTS: ReportPart[] = ['performance', 'usage', 'costs', 'resources', 'errors'];
export const ROLES = ['Viewer', 'Editor', 'Admin'] as const;
export const MAX_USD = 1e9;

type Roles = NonNullable<ReportOptions['roles']>;
type Prices = NonNullable<ReportOptions['prices']>;

/** The items of a category of prices. Those of compute are tiers, which have any name. */
const PRICED = {
  storage: ['models', 'outputs'],
  network: ['ingress', 'egress'],
  other: ['coldStarts', 'monitoring', 'logging'],
} as const;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns whether a setting is stored, as the backend decides it. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(isText(value) && value.trim() === '');
}

const isPart = (name: string): name is ReportPart => PARTS.some((part) => part === name);
const isRole = (value: unknown): value is Roles[ReportPart] => ROLES.some((role) => role === value);

/** The backend reserves all sections if it can't read the stored roles, so the page shows and stores that. */
const RESERVED: Roles = Object.fromEntries(PARTS.map((part) => [part, 'Admin']));

function readRoles(value: unknown): Roles {
  const stored = isObject(value) ? Object.entries(value).filter(([name, role]) => !isPart(name) || isSet(role)) : [];
  const isReadable = isObject(value) && stored.every(([name, role]) => isPart(name) && isRole(role));
  return isReadable ? Object.fromEntries(stored) : RESERVED;
}

/** Reads amounts. One that isn't readable makes all unreadable, as in the backend. */
function readAmounts(value: unknown, names?: readonly string[]): Record<string, number> | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const stored = Object.entries(value).filter(([, usd]) => isSet(usd));
  const amounts = stored.map(([name, usd]) => [name, readNumber(usd) ?? NaN] as const);
  const isReadable = amounts.every(([name, usd]) => usd >= 0 && usd <= MAX_USD && (!names || names.includes(name)));
  return isReadable && amounts.length > 0 ? Object.fromEntries(amounts) : undefined;
}

function readPrices(value: unknown): Prices | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  return nonEmpty({
    compute: readAmounts(value.compute),
    storage: readAmounts(value.storage, PRICED.storage),
    network: readAmounts(value.network, PRICED.network),
    other: readAmounts(value.other, PRICED.other),
  });
}

/** Removes undefined values. Returns undefined if none remains. */
export function nonEmpty<T extends object>(options: T): T | undefined {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

/** Reads the settings of the endpoint report. */
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
    budgets: readAmounts(value.budgets),
    requestsPerHour: readNumber(value.requestsPerHour),
  });
}
