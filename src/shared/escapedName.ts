import { isIdentifier } from './promql';

const PREFIX = 'U__';

/**
 * Escapes a label name for a path of Prometheus's HTTP API: `k8s.pod` becomes `U__k8s_2e_pod`. Percent-encoding is not
 * sufficient, because Grafana decodes an encoded slash.
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

const ESCAPED_NAME = /^U__(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/;

/** Reverses escapeName. A text that is not an escaped name is returned unchanged. */
export function unescapeName(text: string): string {
  const codes = [...text.matchAll(/__|_([0-9a-fA-F]{1,6})_/g)].flatMap(([, hex]) => (hex ? [parseInt(hex, 16)] : []));
  if (!ESCAPED_NAME.test(text) || !codes.every(isCharacter)) {
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
