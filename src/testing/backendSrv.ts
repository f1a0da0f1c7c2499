import { BackendSrv, BackendSrvRequest, FetchResponse, setBackendSrv } from '@grafana/runtime';
import { Subject } from 'rxjs';

/** A request that waits for a response from the test. */
export interface PendingRequest {
  request: BackendSrvRequest;
  respond: (data: unknown) => void;
  fail: (error: unknown) => void;
  isCanceled: () => boolean;
}

/** Replaces the service that sends requests to Grafana's backend. Each request is added to the returned list. */
export function fakeBackendSrv(): PendingRequest[] {
  const requests: PendingRequest[] = [];
  const fetch = (request: BackendSrvRequest) => {
    const responses = new Subject<FetchResponse<unknown>>();
    requests.push({
      request,
      respond: (data) => {
        responses.next({ data } as FetchResponse<unknown>);
        responses.complete();
      },
      fail: (error) => responses.error(error),
      isCanceled: () => !responses.observed,
    });
    return responses;
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
  return requests;
}
