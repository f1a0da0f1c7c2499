const PROMETHEUS = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
const MONTHS = /^\d+M$/;
const GO = /^\+?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const SECONDS = /^\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reports whether a text is a duration that the backend can parse, such as `15s`, `1m30s`, `1.5h` or `>30s`. A number
 * without a unit is in seconds.
 */
export function isDuration(text: string): boolean {
  const plain = text.trim().replace(/^[<>]+\s*/, '');
  return [PROMETHEUS, MONTHS, GO, SECONDS].some((form) => form.test(plain));
}
