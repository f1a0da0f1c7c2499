import { isIdentifier } from './promql';

const PREFIX = 'U__';

/**
 * A label's name as a segment of a path, escaped as Prometheus does it: `U__k8s_2e_pod`. Percent-encoded, a slash in it
 * would be decoded on the way.
 */
export function escapeName(name: string): string {
  if (isIdentifier(name) && !name.startsWith(PREFIX)) {
    return name;
  }
  const escaped = Array.from(name, (char) => {
    if (char === '_') {
      return '__';
    }
    return /[a-zA-Z0-9]/.test(char) ? char : `_${char.codePointAt(0)?.toString(16)}_`;
  });
  return PREFIX + escaped.join('');
}

const ESCAPED = /^U__(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/;

/** The name that an escaped one stands for. Any other text is the name itself. */
export function unescapeName(text: string): string {
  const codes = [...text.matchAll(/__|_([0-9a-fA-F]{1,6})_/g)].flatMap(([, hex]) => (hex ? [parseInt(hex, 16)] : []));
  if (!ESCAPED.test(text) || !codes.every(isCharacter)) {
    return text;
  }
  return text
    .slice(PREFIX.length)
    .replace(/__|_([0-9a-fA-F]{1,6})_/g, (_, hex?: string) => (hex ? String.fromCodePoint(parseInt(hex, 16)) : '_'));
}

function isCharacter(code: number): boolean {
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code <= 0x10ffff && !isSurrogate;
}
