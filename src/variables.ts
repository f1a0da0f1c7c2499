import { CustomVariableSupport, DataQueryRequest, DataQueryResponse } from '@grafana/data';
import { Observable } from 'rxjs';

import { VariableQueryEditor } from './components/VariableQueryEditor';
import type { ModelMetricsDataSource } from './datasource';
import { VariableQuery } from './types';

/** Dashboard variables whose values the backend lists. */
export class CatalogVariableSupport extends CustomVariableSupport<ModelMetricsDataSource, VariableQuery> {
  editor = VariableQueryEditor;

  constructor(private readonly datasource: ModelMetricsDataSource) {
    super();
  }

  query(request: DataQueryRequest<VariableQuery>): Observable<DataQueryResponse> {
    // Grafana leaves refId out where the stored query has none, and the backend answers by refId.
    const targets = request.targets.map((target) => ({ ...target, refId: target.refId || 'variable' }));
    return this.datasource.query({ ...request, targets });
  }
}
