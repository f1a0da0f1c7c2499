import type { Page } from '@playwright/test';

interface QueryResponse {
  results: Record<string, { error?: string; frames?: Array<{ data?: { values: unknown[][] } }> }>;
}

/** Returns the number of rows in each panel's last successful response, by panel id. Later responses update the map. */
export function rowsByPanel(page: Page): Map<number, number> {
  const rows = new Map<number, number>();
  page.on('response', async (response) => {
    const panel = response.request().headers()['x-panel-id'];
    if (panel && response.url().includes('/api/ds/query') && response.ok()) {
      // The body can't be read after the page is closed.
      const body: QueryResponse | undefined = await response.json().catch(() => undefined);
      if (body) {
        rows.set(Number(panel), rowsIn(body));
      }
    }
  });
  return rows;
}

function rowsIn({ results }: QueryResponse): number {
  const frames = Object.values(results).flatMap((result) => result.frames ?? []);
  return frames.reduce((sum, frame) => sum + (frame.data?.values.at(-1)?.length ?? 0), 0);
}
