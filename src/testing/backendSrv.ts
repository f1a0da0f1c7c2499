import { BackendSrv, BackendSrvRequest, FetchResponse, setBackendSrv } from '@grafana/runtime';
import { Subject } from 'rxjs';

/** A request that a test answers when it likes. */
export interface Asked {
  request: BackendSrvRequest;
  answer: (data: unknown) => void;
  fail: (error: unknown) => void;
  /** Nobody waits for the answer. */
  isGivenUp: () => boolean;
}

/** Takes the place of Grafana's server, and lists what it is asked. */
export function fakeBackendSrv(): Asked[] {
  const asked: Asked[] = [];
  const fetch = (request: BackendSrvRequest) => {
    const answers = new Subject<FetchResponse<unknown>>();
    asked.push({
      request,
      answer: (data) => {
        answers.next({ data } as FetchResponse<unknown>);
        answers.complete();
      },
      fail: (error) => answers.error(error),
      isGivenUp: () => !answers.observed,
    });
    return answers;
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
  return asked;
}
