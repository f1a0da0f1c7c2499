import { useEffect, useMemo, useState } from 'react';
import { switchMap, timer } from 'rxjs';

import { checkPacks, failureText, PackCheck } from './packs';

/** Milliseconds without input before the packs are checked. */
const TYPING_PAUSE = 500;

interface Request {
  uid: string;
  packs: string;
  attempt: number;
}

interface Response {
  request: Request;
  result?: PackCheck;
  failure?: string;
}

interface CheckState {
  isChecking: boolean;
  /** The result of the last check, which is kept during the next check. */
  result?: PackCheck;
  /** The reason why the last check failed. */
  failure?: string;
  retry: () => void;
}

/** Checks user packs while the user types. A new text cancels the running check, and an empty text is not sent. */
export function usePackCheck(uid: string, packs: string): CheckState {
  const [attempt, setAttempt] = useState(0);
  const [response, setResponse] = useState<Response>();
  const request = useMemo(() => ({ uid, packs, attempt }), [uid, packs, attempt]);
  const isEmpty = packs.trim() === '';
  if (isEmpty && response) {
    setResponse(undefined);
  }

  useEffect(() => {
    if (isEmpty) {
      return;
    }
    const check = timer(TYPING_PAUSE)
      .pipe(switchMap(() => checkPacks(request.uid, request.packs)))
      .subscribe({
        next: (result) => setResponse({ request, result }),
        error: (error: unknown) => setResponse({ request, failure: failureText(error) }),
      });
    return () => check.unsubscribe();
  }, [request, isEmpty]);

  return {
    isChecking: !isEmpty && response?.request !== request,
    result: response?.result,
    failure: response?.failure,
    retry: () => setAttempt(attempt + 1),
  };
}
