import useAsyncFn from 'react-use/lib/useAsyncFn';
import useDebounce from 'react-use/lib/useDebounce';

import { NameList } from './nameList';

/** Milliseconds without input before values are loaded. */
const TYPING_PAUSE = 300;

/** Loads the values that can be chosen: all of them, or those that contain a text. */
export type LoadNames = (search: string) => Promise<NameList>;

/**
 * Returns all values, or if the list of all is truncated, those that contain the text that the user types. `loadNames`
 * loads them again.
 */
export function useNameList(load: LoadNames, search: string) {
  const [all, loadNames] = useAsyncFn(() => load(''), [load]);
  const [matching, loadMatching] = useAsyncFn(load, [load]);
  const isNarrowed = search !== '' && all.value?.truncated === true;
  useDebounce(() => isNarrowed && loadMatching(search), TYPING_PAUSE, [isNarrowed, search]);
  return { names: isNarrowed && (matching.value || matching.error) ? matching : all, loadNames };
}
