import { CustomVariableSupport, DataQueryRequest, DataQueryResponse } from '@grafana/data';
import { map, Observable } from 'rxjs';

import { isRunnable } from '../query/runnableQuery';
import { EditorDataSource } from '../shared/editorDataSource';
import { ModelMetricsOptions } from '../shared/options';
import { ModelMetricsQuery, VariableQuery } from '../shared/types';
import { RepeatedErrors } from './repeatedErrors';
import { storedQuery } from './storedQuery';
import { VariableQueryEditor } from './VariableQueryEditor';

/** Runs the queries of dashboard variables. */
export class CatalogVariableSupport extends CustomVariableSupport<
  EditorDataSource,
  VariableQuery,
  ModelMetricsQuery,
  ModelMetricsOptions
> {
  editor = VariableQueryEditor;
  private readonly errors = new RepeatedErrors();

  constructor(private readonly datasource: EditorDataSource) {
    super();
  }

  query(request: DataQueryRequest<VariableQuery>): Observable<DataQueryResponse> {
    // Stored queries can be texts of the Prometheus data source, and can lack the refId, which the backend requires.
    // Grafana does not call filterQuery for variables.
    const queries = request.targets.map(storedQuery).filter((query) => query !== undefined);
    const targets = queries.filter(isRunnable).map((query) => ({ ...query, refId: query.refId || 'variable' }));
    return this.datasource.query({ ...request, targets }).pipe(map((response) => this.orThrow(response)));
  }

  /** Throws the error of a response, unless it repeats an earlier one. Grafana shows an error only if it is thrown. */
  private orThrow(response: DataQueryResponse): DataQueryResponse {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a failed request sets only this field
    const [error = response.error] = response.errors ?? [];
    const message = error && (error.message ?? error.data?.message ?? error.statusText);
    if (!error) {
      return response;
    }
    if (this.errors.isRepeated(message ?? '')) {
      return { data: [] };
    }
    throw new Error(message);
  }
}
