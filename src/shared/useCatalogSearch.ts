import { useMemo } from 'react';
import useAsyncFn from 'react-use/lib/useAsyncFn';
import useDebounce from 'react-use/lib/useDebounce';

import { Catalog, CatalogPack, CatalogSearch, groupByPack, PackMetrics } from './catalog';
import { EditorDataSource } from './editorDataSource';
import { errorMessage } from './errorMessage';

/** Milliseconds without input before the search is sent to the backend. */
const TYPING_PAUSE = 150;

/** The heading of the metrics that match some of the words. */
const NEAREST: CatalogPack = { name: '', title: 'No metric matches all of these words. Nearest metrics:', owner: '' };

interface CatalogSearchState {
  /**
   * The metrics that the last search found, grouped by pack. The best match is first. If the text is empty or no search
   * has finished yet, these are all metrics. If no metric matches all words, one group contains the nearest metrics.
   * Undefined until the catalog is loaded.
   */
  packs?: PackMetrics[];
  /** Whether the catalog is not loaded yet, or the search for the current text has not finished. */
  isSearching: boolean;
  /** The reason why the search failed. */
  error?: string;
}

/** Searches the catalog while the user types. The backend ranks the metrics. */
export function useCatalogSearch(
  datasource: EditorDataSource,
  catalog: Catalog | undefined,
  text: string
): CatalogSearchState {
  const search = text.trim();
  const [{ value: last }, find] = useAsyncFn(
    (searched: string) =>
      datasource.searchCatalog(searched).then(
        (result) => ({ searched, result, error: undefined }),
        (error: unknown) => ({ searched, result: { metrics: [] }, error: errorMessage(error) })
      ),
    [datasource]
  );
  useDebounce(() => search && void find(search), TYPING_PAUSE, [find, search]);

  const result = search === '' ? undefined : last?.result;
  const packs = useMemo(() => catalog && group(catalog, result ?? catalog), [catalog, result]);
  const isCurrent = last?.searched === search;
  return {
    packs,
    isSearching: !catalog || (search !== '' && !isCurrent),
    error: search !== '' && isCurrent ? last.error : undefined,
  };
}

function group(catalog: Catalog, { metrics, nearest = [] }: CatalogSearch): PackMetrics[] {
  const similar = nearest.flatMap((name) => catalog.metrics.find((metric) => metric.name === name) ?? []);
  return metrics.length === 0 && similar.length > 0
    ? [{ pack: NEAREST, metrics: similar }]
    : groupByPack(catalog, metrics);
}
