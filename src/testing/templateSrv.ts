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

/** Replaces variables as Grafana does, in what this plugin relies on. */
export class FakeTemplateSrv implements TemplateSrv {
  constructor(private readonly variables: FakeVariable[] = []) {}

  getVariables(): TypedVariableModel[] {
    const models = this.variables.map(
      ({ name, type = 'query', value, multi = false, includeAll = false, options = [] }) => ({
        name,
        type,
        multi,
        includeAll,
        current: { text: value, value },
        options: [...(includeAll ? ['$__all'] : []), ...options].map((option) => ({ text: option, value: option })),
      })
    );
    return models as unknown as TypedVariableModel[];
  }

  replace(target = '', scopedVars: ScopedVars = {}, format?: string | Function): string {
    return target.replace(/\$(\w+)|\$\{(\w+)\}/g, (written: string, plain?: string, braced?: string) => {
      const name = plain ?? braced ?? '';
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

function formatted(value: unknown, variable: FakeVariable | undefined, format: string | Function | undefined): string {
  if (typeof format === 'function') {
    return format(value, variable ?? {});
  }
  return Array.isArray(value) && value.length !== 1 ? `{${value.join(',')}}` : String(value);
}
