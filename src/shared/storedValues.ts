/**
 * Converts a stored value to the expected type, as the backend does. Returns undefined for a value without a clear
 * meaning.
 */
export type Read = (value: unknown) => unknown;

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A number is read as text. */
export function readText(value: unknown): string | undefined {
  return isText(value) || typeof value === 'number' ? String(value) : undefined;
}

export function readNumber(value: unknown): number | undefined {
  const isNumber = typeof value === 'number' || (isText(value) && value.trim() !== '');
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

const SWITCHES = new Map([
  ...['true', 'on', 'yes', '1'].map((text) => [text, true] as const),
  ...['false', 'off', 'no', '0', ''].map((text) => [text, false] as const),
]);

export function readSwitch(value: unknown): boolean | undefined {
  return typeof value === 'object' ? undefined : SWITCHES.get(String(value).trim().toLowerCase());
}

/** A text is read as a comma-separated list. */
export function readList(value: unknown): string[] | undefined {
  if (isText(value)) {
    return value
      .split(',')
      .map((element) => element.trim())
      .filter(Boolean);
  }
  const list = Array.isArray(value) ? value.filter((element) => element !== null).map(readText) : [undefined];
  return list.every(isText) ? list : undefined;
}
