import useAsync from 'react-use/lib/useAsync';

import { CallerAccess } from './access';
import { EditorDataSource } from './editorDataSource';

/**
 * Returns what the current user may do. Returns undefined until it is loaded, or if it can't be loaded. The editors
 * then offer everything, because only the backend enforces the rules.
 */
export function useAccess(datasource: EditorDataSource): CallerAccess | undefined {
  return useAsync(() => datasource.getAccess(), [datasource]).value;
}
