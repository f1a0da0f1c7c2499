import { ScopedVars, TimeRange, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

export interface FakeVariable {
  name: string;
  /** A query variable unless it says otherwise. */
  type?: 'datasource';
  value: string | string[];
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  /** What it offers beside All. */
  options?: string[];
}

const VARIABLE = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+?)(?::(\w+))?\]\]/g;

/** Replaces variables as Grafana does, in what this plugin relies on. */
export class FakeTemplateSrv implements TemplateSrv {
  constructor(private readonly variables: FakeVariable[] = []) {}

  getVariables(): TypedVariableModel[] {
    const models = this.variables.map(
      ({ name, type = 'query', value, multi = false, includeAll = false, allValue, options = [] }) => ({
        name,
        allValue,
        type,
        multi,
        includeAll,
        current: { text: value, value },
        options: [...(includeAll ? ['$__all'] : []), ...options].map((option) => ({ text: option, value: option })),
      })
    );
    return models as unknown as TypedVariableModel[];
  }

  replace(target = '', scopedVars: ScopedVars = {}, defaultFormat?: string | Function): string {
    return target.replace(VARIABLE, (written: string, ...groups: Array<string | undefined>) => {
      const [plain, braced, named, bracketed, bracketedFormat] = groups;
      const name = plain ?? braced ?? bracketed ?? '';
      const format = named ?? bracketedFormat ?? defaultFormat;
      const variable = this.variables.find((candidate) => candidate.name === name);
      if (scopedVars[name] !== undefined) {
        return formatted(scopedVars[name].value, variable, format);
      }
      if (!variable) {
        return written;
      }
      if ([variable.value].flat().includes('$__all')) {
        // A value for All is text that the dashboard's author wrote: it is not formatted.
        return variable.allValue ?? formatted(variable.options ?? [], variable, format);
      }
      return formatted(variable.value, variable, format);
    });
  }

  containsTemplate(target = ''): boolean {
    return this.replace(target) !== target;
  }

  updateTimeRange(_: TimeRange): void {}
}

/** Those of Grafana's formats that the tests use. */
const FORMATS: Record<string, (values: string[]) => string> = {
  raw: (values) => values.join(','),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  glob: (values) => (values.length === 1 ? values[0] : `{${values.join(',')}}`),
  doublequote: (values) => values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(','),
  regex: (values) => {
    const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
    return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
  },
};

function formatted(value: unknown, variable: FakeVariable | undefined, format: string | Function = 'glob'): string {
  return typeof format === 'function' ? format(value, variable ?? {}) : FORMATS[format]([value].flat().map(String));
}
