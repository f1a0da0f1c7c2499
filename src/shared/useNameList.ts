import useAsyncFn from 'react-use/lib/useAsyncFn';
import useDebounce from 'react-use/lib/useDebounce';

import { Listed } from './nameList';

const TYPING_PAUSE = 300;

/** Lists what can be chosen: everything, or what contains a text. */
export type Load = (search: string) => Promise<Listed>;

/** What `load` lists: everything, or where that is truncated, what contains the text that is typed. `list` loads it. */
export function useListed(load: Load, search: string) {
  const [all, list] = useAsyncFn(() => load(''), [load]);
  const [found, find] = useAsyncFn(load, [load]);
  const narrows = search !== '' && all.value?.truncated === true;
  useDebounce(() => narrows && find(search), TYPING_PAUSE, [narrows, search]);
  return { listed: narrows && (found.value || found.error) ? found : all, list };
}
