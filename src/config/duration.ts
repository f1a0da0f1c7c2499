const PROMETHEUS = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
const MONTHS = /^\d+M$/;
const GO = /^\+?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const SECONDS = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const AMOUNT = /([\d.]+)([a-zµμ]+)/gi;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The length of each unit in seconds. */
const UNITS: Partial<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6, // micro sign
  μs: 1e-6, // Greek letter mu
  ms: 1e-3,
  s: 1,
  m: 60,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  M: 30.4375 * DAY,
  y: 365 * DAY,
};

/** A number of years alone. The backend counts them as 365.25 days, but in `1y1d` it counts a year as 365 days. */
const YEARS = /^\d+y$/;
const YEAR = 365.25 * DAY;

/** The longest duration in seconds that the backend accepts. */
const MAX_SECONDS = 290 * YEAR;

/**
 * Returns the number of seconds of a duration in the formats of the backend, such as `15s`, `1m30s`, `1.5h` or `>30s`.
 * A number without a unit is in seconds. An empty text is 0 seconds. Returns undefined if the text is not a duration, or
 * if the duration is longer than 290 years.
 */
export function durationSeconds(text: string): number | undefined {
  const seconds = parse(text);
  return seconds === undefined || seconds > MAX_SECONDS ? undefined : seconds;
}

function parse(text: string): number | undefined {
  // In contrast to trim, the backend removes U+0085, and doesn't remove U+FEFF.
  if (text.includes('\uFEFF')) {
    return undefined;
  }
  const plain = text
    .replaceAll('\u0085', ' ')
    .trim()
    .replace(/^[<>]+\s*/, '');
  if (plain === '') {
    return 0;
  }
  if (SECONDS.test(plain)) {
    return Number(plain);
  }
  if (YEARS.test(plain)) {
    return Number.parseInt(plain, 10) * YEAR;
  }
  if (![PROMETHEUS, MONTHS, GO].some((form) => form.test(plain))) {
    return undefined;
  }
  let seconds = 0;
  for (const [, amount, unit] of plain.matchAll(AMOUNT)) {
    seconds += Number(amount) * (UNITS[unit] ?? NaN);
  }
  return seconds;
}
