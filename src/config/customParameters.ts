/** What a request to Prometheus is made of. */
const RESERVED = ['end', 'match[]', 'query', 'start', 'stats', 'step', 'time', 'timeout'];

/** What is wrong with parameters written as in a URL, as the backend would find; undefined where nothing is. */
export function customParametersProblem(text: string): string | undefined {
  const parts = text.trim().replace(/^\?/, '').split('&').filter(Boolean);
  const names = parts.map((part) => decoded(part.split('=', 1)[0]));
  if (parts.some((part) => part.includes(';') || decoded(part) === undefined)) {
    return 'Write % as %25 and ; as %3B.';
  }
  if (names.includes('')) {
    return 'Write a name in front of every =.';
  }
  const taken = names.find((name) => name !== undefined && RESERVED.includes(name));
  return taken && `The query itself sets ${taken}: leave it out.`;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replace(/\+/g, ' '));
  } catch {
    return undefined;
  }
}
