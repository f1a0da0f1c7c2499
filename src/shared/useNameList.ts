import useAsyncFn from 'react-use/lib/useAsyncFn';
import useDebounce from 'react-use/lib/useDebounce';

import { NameList } from './nameList';

/** Milliseconds without input before values are loaded. */
const TYPING_PAUSE = 300;

/** Loads the values that can be selected. If `search` is not empty, loads only the values that contain it. */
export type LoadNames = (search: string) => Promise<NameList>;

/**
 * Returns the list of all values, which each call of `loadNames` loads again. If the list is truncated and `search` is
 * not empty, returns the values that contain `search` instead, once they are loaded.
 */
export function useNameList(load: LoadNames, search: string) {
  const [all, loadNames] = useAsyncFn(() => load(''), [load]);
  const [matching, loadMatching] = useAsyncFn(load, [load]);
  const isNarrowed = search !== '' && all.value?.truncated === true;
  useDebounce(() => isNarrowed && loadMatching(search), TYPING_PAUSE, [isNarrowed, search]);
  return { names: isNarrowed && (matching.value || matching.error) ? matching : all, loadNames };
}
