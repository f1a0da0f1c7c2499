import { DataSourceInstanceSettings, PluginType } from '@grafana/data';

import { ModelMetricsDataSource } from '../datasource';
import { Catalog, CatalogPage, CatalogPreview } from '../shared/catalog';
import { ModelMetricsOptions } from '../shared/options';
import { FakeTemplateSrv, FakeVariable } from './templateSrv';

const LOGO = { small: '', large: '' };

export const SETTINGS: DataSourceInstanceSettings<ModelMetricsOptions> = {
  id: 1,
  uid: 'modelmetrics',
  type: 'modelmetrics-catalog-datasource',
  name: 'Model Metrics',
  access: 'proxy',
  readOnly: false,
  jsonData: {},
  meta: {
    id: 'modelmetrics-catalog-datasource',
    name: 'Model Metrics',
    type: PluginType.datasource,
    module: '',
    baseUrl: '',
    info: {
      author: { name: '' },
      description: '',
      links: [],
      logos: LOGO,
      screenshots: [],
      updated: '',
      version: '',
    },
  },
};

export const CATALOG: Catalog = {
  packs: [{ name: 'inference', title: 'Inference server', owner: 'inference-team' }],
  metrics: [
    {
      name: 'inference_error_ratio',
      title: 'Error ratio',
      description: 'Failed requests over all requests.',
      unit: 'percentunit',
      type: 'gauge',
      pack: 'inference',
      tags: ['errors'],
      required_params: ['model'],
      optional_params: ['tenant'],
      meanings: { model: 'Name of the model.', tenant: 'Name of the tenant.' },
      group_by: ['model', 'version'],
      groupable: true,
      legend: '{{model}} {{version}}',
      window: '5m',
    },
    {
      name: 'inference_request_rate',
      title: 'Request rate',
      description: 'Requests per second.',
      unit: 'reqps',
      type: 'gauge',
      pack: 'inference',
      tags: [],
      required_params: [],
      optional_params: ['tenant'],
      meanings: {},
      group_by: [],
      groupable: true,
      legend: '',
      window: '',
    },
    {
      name: 'inference_models',
      title: 'Models',
      description: 'Models that are loaded.',
      unit: 'short',
      type: 'gauge',
      pack: 'inference',
      tags: [],
      required_params: [],
      optional_params: ['tenant'],
      meanings: {},
      group_by: [],
      groupable: false,
      legend: '',
      window: '',
    },
  ],
};

export const CATALOG_PAGE: CatalogPage = { ...CATALOG, total: CATALOG.metrics.length };

export const PREVIEW: CatalogPreview = { query: 'sum(rate(x[$__rate_interval]))', missing_params: [] };

/**
 * Responses of `getResource` and `postResource` by path. If the value of a path is a function, it is called with the
 * request's parameters and returns the response. If the value is an Error, it is thrown.
 */
export type Resources = Record<string, unknown>;

type Respond = (params: Record<string, unknown>) => unknown;

export function fakeDataSource(
  variables: FakeVariable[] = [],
  resources: Resources = { catalog: CATALOG_PAGE, 'catalog/preview': PREVIEW }
) {
  const datasource = new ModelMetricsDataSource(SETTINGS, new FakeTemplateSrv(variables));
  const respond = async (path: string, params: Record<string, unknown> = {}) => {
    const resource = resources[path];
    if (resource === undefined || resource instanceof Error) {
      throw resource ?? new Error(`no resource ${path}`);
    }
    return typeof resource === 'function' ? (resource as Respond)(params) : resource;
  };
  const getResource = jest.spyOn(datasource, 'getResource').mockImplementation(respond);
  const postResource = jest.spyOn(datasource, 'postResource').mockImplementation(respond);
  return { datasource, getResource, postResource };
}
