import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { parseReference, VARIABLE } from '../shared/variableReference';
import { asPattern, MACROS_AS_WRITTEN } from './variableValues';

/** Replaces variables in a text other than PromQL, such as a legend. Macros are kept for the backend. */
export function interpolateText(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN });
}

/** Replaces variables in a regular expression in the same way as in the regular expressions of PromQL. */
export function interpolatePattern(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN }, asPattern);
}

/**
 * Replaces variables in a part of a URL's query. Values are encoded. A reference with a format is replaced as in
 * Grafana's links, where the format determines the encoding: `${name:raw}` isn't encoded, and `${name:queryparam}` is
 * several parameters.
 */
export function interpolateUrlParameters(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return text.replace(VARIABLE, (reference) => {
    let isEncoded = parseReference(reference).format !== undefined;
    const replaced = templateSrv.replace(reference, scopedVars, (value: unknown) => {
      isEncoded = true;
      return encodeURIComponent([value].flat().join(','));
    });
    // Grafana doesn't pass a custom value for All to the function, and doesn't replace an unknown variable.
    return isEncoded || replaced === reference ? replaced : encodeURIComponent(replaced);
  });
}
