import { useEffect, useMemo, useState } from 'react';
import { Observable, switchMap, timer } from 'rxjs';

import { failureText } from './resource';

/** Milliseconds without input before a request is sent. */
const TYPING_PAUSE = 500;

interface Request<Input> {
  input: Input | undefined;
  attempt: number;
}

interface Response<Input, Result> {
  request: Request<Input>;
  result?: Result;
  failure?: string;
}

interface CheckState<Input, Result> {
  isChecking: boolean;
  /** The result of the last check, which is kept during the next check. */
  result?: Result;
  /** The input that `result` refers to. */
  checked?: Input;
  /** The reason why the last check failed. */
  failure?: string;
  retry: () => void;
}

/**
 * Checks an input while the user edits it. A new input cancels the running check, and an undefined input is not
 * checked. Inputs are compared by identity. `send` must not change.
 */
export function useCheck<Input, Result>(
  input: Input | undefined,
  send: (input: Input) => Observable<Result>
): CheckState<Input, Result> {
  const [attempt, setAttempt] = useState(0);
  const [response, setResponse] = useState<Response<Input, Result>>();
  const request = useMemo(() => ({ input, attempt }), [input, attempt]);
  if (input === undefined && response) {
    setResponse(undefined);
  }

  useEffect(() => {
    const { input } = request;
    if (input === undefined) {
      return;
    }
    const check = timer(TYPING_PAUSE)
      .pipe(switchMap(() => send(input)))
      .subscribe({
        next: (result) => setResponse({ request, result }),
        error: (error: unknown) => setResponse({ request, failure: failureText(error) }),
      });
    return () => check.unsubscribe();
  }, [request, send]);

  return {
    isChecking: input !== undefined && response?.request !== request,
    result: response?.result,
    checked: response?.request.input,
    failure: response?.failure,
    retry: () => setAttempt(attempt + 1),
  };
}
