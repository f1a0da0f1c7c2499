import { CallerAccess } from './access';
import { RecordingRule } from './editorDataSource';

/** The maximum number of recording rules that are read. */
const MAX_RULES = 1000;

interface RulesResponse {
  data: { groups: Array<{ rules: Array<{ type: string; name: string; query: string }> }> };
}

/**
 * Reads the recording rules of Prometheus. `read` sends a request to a resource. The result is empty if access rules
 * restrict the user, because the backend refuses such a request and records it in the audit log.
 */
export async function readRules(
  getAccess: () => Promise<CallerAccess>,
  read: (path: string, params: Record<string, string>) => Promise<RulesResponse>
): Promise<RecordingRule[]> {
  const { restricted } = await getAccess();
  if (restricted) {
    return [];
  }
  const { data } = await read('api/v1/rules', { type: 'record' });
  const rules = data.groups.flatMap((group) => group.rules).filter(({ type }) => type === 'recording');
  return rules.slice(0, MAX_RULES).map(({ name, query }) => ({ name, query }));
}
