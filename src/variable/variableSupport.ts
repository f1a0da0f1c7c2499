import { CustomVariableSupport, DataQueryRequest, DataQueryResponse } from '@grafana/data';
import { map, Observable } from 'rxjs';

import { VariableQueryEditor } from './VariableQueryEditor';
import { EditorDataSource } from '../shared/editorDataSource';
import { isRunnable } from '../query/runnableQuery';
import { storedQuery } from './storedQuery';
import { ModelMetricsOptions, ModelMetricsQuery, VariableQuery } from '../shared/types';

/** Dashboard variables whose values the backend lists. */
export class CatalogVariableSupport extends CustomVariableSupport<
  EditorDataSource,
  VariableQuery,
  ModelMetricsQuery,
  ModelMetricsOptions
> {
  editor = VariableQueryEditor;

  constructor(private readonly datasource: EditorDataSource) {
    super();
  }

  query(request: DataQueryRequest<VariableQuery>): Observable<DataQueryResponse> {
    // A dashboard holds more than the type says: texts of the Prometheus data source, and queries without a refId, by
    // which the backend answers. Grafana asks no filterQuery about variables.
    const queries = request.targets.map(storedQuery).filter((query) => query !== undefined);
    const finished = queries.filter(isRunnable);
    const targets = finished.map((query) => ({ ...query, refId: query.refId || 'variable' }));
    return this.datasource.query({ ...request, targets }).pipe(map(orThrow));
  }
}

/** Of an error that is thrown Grafana shows the message; of one in an answer it says that there was one. */
function orThrow(response: DataQueryResponse): DataQueryResponse {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- where the request itself failed there is no other
  const [error = response.error] = response.errors ?? [];
  if (error) {
    throw new Error(error.message ?? error.data?.message ?? error.statusText);
  }
  return response;
}
