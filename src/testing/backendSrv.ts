import { BackendSrv, BackendSrvRequest, FetchResponse, setBackendSrv } from '@grafana/runtime';
import { Subject } from 'rxjs';

/** A request that waits for a response from the test. */
export interface PendingRequest {
  request: BackendSrvRequest;
  respond: (data: unknown) => void;
  fail: (error: unknown) => void;
  isCanceled: () => boolean;
}

/** Replaces Grafana's backend. Returns the list of requests, which grows with each request. */
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
