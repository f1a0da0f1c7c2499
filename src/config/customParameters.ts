/** The parameters of Prometheus's HTTP API that the backend sets. */
const RESERVED = ['end', 'match[]', 'query', 'start', 'stats', 'step', 'time', 'timeout'];

/**
 * Checks query parameters that are written as in a URL. The rules are those of the backend, except that the number and
 * the length of the parameters aren't checked. Returns the first problem, or undefined if the text is valid.
 */
export function customParametersProblem(text: string): string | undefined {
  const parts = text.trim().replace(/^\?/, '').split('&').filter(Boolean);
  const names = parts.map((part) => decode(part.split('=', 1)[0]));
  if (parts.some((part) => part.includes(';') || decode(part) === undefined)) {
    return 'Write % as %25 and ; as %3B.';
  }
  if (names.includes('')) {
    return 'Write a name before each =.';
  }
  const reserved = names.find((name) => name !== undefined && RESERVED.includes(name));
  return reserved && `The data source sets ${reserved} itself. Remove it.`;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replace(/\+/g, ' '));
  } catch {
    return undefined;
  }
}
