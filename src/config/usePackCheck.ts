import { useEffect, useMemo, useState } from 'react';
import { switchMap, timer } from 'rxjs';

import { checkPacks, PackCheck, whyUnanswered } from './packs';

/** How long nobody types before the packs are checked, in milliseconds. */
const PAUSE = 500;

interface Question {
  uid: string;
  packs: string;
  attempt: number;
}

interface Answer {
  question: Question;
  found?: PackCheck;
  failure?: string;
}

interface Check {
  /** An answer is being waited for. */
  busy: boolean;
  /** What was found last. It stays while the next check is under way. */
  found?: PackCheck;
  /** Why the last check could not be made. */
  failure?: string;
  retry: () => void;
}

/** Checks packs while they are written. The latest text is what counts, and an empty one is not sent. */
export function usePackCheck(uid: string, packs: string): Check {
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<Answer>();
  const question = useMemo(() => ({ uid, packs, attempt }), [uid, packs, attempt]);
  const isEmpty = packs.trim() === '';
  if (isEmpty && answer) {
    setAnswer(undefined);
  }

  useEffect(() => {
    if (isEmpty) {
      return;
    }
    const check = timer(PAUSE)
      .pipe(switchMap(() => checkPacks(question.uid, question.packs)))
      .subscribe({
        next: (found) => setAnswer({ question, found }),
        error: (error: unknown) => setAnswer({ question, failure: whyUnanswered(error) }),
      });
    return () => check.unsubscribe();
  }, [question, isEmpty]);

  return {
    busy: !isEmpty && answer?.question !== question,
    found: answer?.found,
    failure: answer?.failure,
    retry: () => setAttempt(attempt + 1),
  };
}
