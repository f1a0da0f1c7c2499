import { ScopedVars } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

import { asPattern, MACROS_AS_WRITTEN } from './variableValues';

/** Replaces variables in a text other than PromQL, such as a legend. Macros are kept for the backend. */
export function interpolateText(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN });
}

/** Replaces variables in a regular expression in the same way as in the regular expressions of PromQL. */
export function interpolatePattern(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, { ...scopedVars, ...MACROS_AS_WRITTEN }, asPattern);
}

/** Replaces variables in a part of a URL's query. Values are encoded, except formatted ones and those for All. */
export function interpolateUrlParameters(text: string, templateSrv: TemplateSrv, scopedVars: ScopedVars): string {
  return templateSrv.replace(text, scopedVars, (value: unknown) => encodeURIComponent([value].flat().join(',')));
}
