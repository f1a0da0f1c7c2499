/**
 * Matches a reference to a dashboard variable or a macro, in any of Grafana's spellings: `$name`,
 * `${name.field:format}`, `[[name:format]]`.
 */
export const VARIABLE = /\$\w+|\$\{\w+(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[\w+?(?::\w+)?\]\]/g;

const PARTS = /^(?:\$|\$\{|\[\[)(\w+)(?:\.[^:}]+)?(?::([^}\]]+))?/;

/** Returns the name of the variable in a reference, and the format if the reference contains a format. */
export function parseReference(text: string): { name: string; format?: string } {
  const [, name = '', format] = text.match(PARTS) ?? [];
  return { name, format };
}

/** Returns the references to variables and macros in all fields of a query, as they are written. */
export function variablesIn(query: unknown): string[] {
  return JSON.stringify(query).match(VARIABLE) ?? [];
}
