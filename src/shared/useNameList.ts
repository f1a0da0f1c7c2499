import useAsyncFn from 'react-use/lib/useAsyncFn';
import useDebounce from 'react-use/lib/useDebounce';

import { NameList } from './nameList';

/** Milliseconds without input before values are loaded. */
const TYPING_PAUSE = 300;

/** Loads the values that can be selected. If `search` is not empty, loads only the values that contain it. */
export type LoadNames = (search: string) => Promise<NameList>;

/**
 * Returns all values. Nothing is loaded before the first call of `loadNames`, and each call loads all values again. If
 * the list of all values is truncated and `search` is not empty, returns the values that contain `search` instead.
 */
export function useNameList(load: LoadNames, search: string) {
  const [all, loadNames] = useAsyncFn(() => load(''), [load]);
  const [matching, loadMatching] = useAsyncFn(load, [load]);
  const isNarrowed = search !== '' && all.value?.truncated === true;
  useDebounce(() => isNarrowed && loadMatching(search), TYPING_PAUSE, [isNarrowed, search]);
  return { names: isNarrowed && (matching.value || matching.error) ? matching : all, loadNames };
}
