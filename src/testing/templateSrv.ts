import { ScopedVars, TimeRange, TypedVariableModel } from '@grafana/data';
import { TemplateSrv } from '@grafana/runtime';

export interface FakeVariable {
  name: string;
  /** Default: a query variable. */
  type?: 'datasource';
  value: string | string[];
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  /** The options without All. */
  options?: string[];
}

const VARIABLE = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+?)(?::(\w+))?\]\]/g;

/** Replaces variables as Grafana does. Only the behavior that the plugin depends on is implemented. */
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
    return target.replace(VARIABLE, (reference: string, ...groups: Array<string | undefined>) => {
      const [plain, braced, named, bracketed, bracketedFormat] = groups;
      const name = plain ?? braced ?? bracketed ?? '';
      const format = named ?? bracketedFormat ?? defaultFormat;
      const variable = this.variables.find((candidate) => candidate.name === name);
      if (scopedVars[name] !== undefined) {
        return formatValue(scopedVars[name].value, variable, format);
      }
      if (!variable) {
        return reference;
      }
      if ([variable.value].flat().includes('$__all')) {
        // Grafana does not format a custom value for All.
        return variable.allValue ?? formatValue(variable.options ?? [], variable, format);
      }
      return formatValue(variable.value, variable, format);
    });
  }

  containsTemplate(target = ''): boolean {
    return this.replace(target) !== target;
  }

  updateTimeRange(_: TimeRange): void {}
}

/** Grafana's formats that the tests use. */
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

function formatValue(value: unknown, variable: FakeVariable | undefined, format: string | Function = 'glob'): string {
  return typeof format === 'function' ? format(value, variable ?? {}) : FORMATS[format]([value].flat().map(String));
}
