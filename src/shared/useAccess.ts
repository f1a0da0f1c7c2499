import useAsync from 'react-use/lib/useAsync';

import { CallerAccess } from './access';
import { EditorDataSource } from './editorDataSource';

/**
 * Returns what the current user may do. Returns undefined before this information is loaded, and if it can't be loaded.
 * In these cases, the editors offer everything. This is safe, because the backend enforces the access rules.
 */
export function useAccess(datasource: EditorDataSource): CallerAccess | undefined {
  return useAsync(() => datasource.getAccess(), [datasource]).value;
}
