import { DataSourceInstanceSettings } from '@grafana/data';
import { DataSourceSrv, GetDataSourceListFilters } from '@grafana/runtime';
import { DataSourceRef } from '@grafana/schema';

import { SETTINGS } from './datasource';

const TRACES: DataSourceInstanceSettings = {
  ...SETTINGS,
  id: 2,
  uid: 'tempo',
  name: 'Tempo',
  meta: { ...SETTINGS.meta, tracing: true },
};

/** Replaces Grafana's list of data sources. By default it contains the data source under test and one for traces. */
export class FakeDataSourceSrv implements DataSourceSrv {
  constructor(private readonly all: DataSourceInstanceSettings[] = [SETTINGS, TRACES]) {}

  getList({ tracing }: GetDataSourceListFilters = {}): DataSourceInstanceSettings[] {
    return this.all.filter(({ meta }) => !tracing || meta.tracing);
  }

  getInstanceSettings(ref?: DataSourceRef | string | null): DataSourceInstanceSettings | undefined {
    const name = typeof ref === 'string' ? ref : ref?.uid;
    return name ? this.all.find((one) => one.uid === name || one.name === name) : SETTINGS;
  }

  async get(): Promise<never> {
    throw new Error('This data source cannot be queried.');
  }

  registerRuntimeDataSource(): void {}

  async reload(): Promise<void> {}
}
