import type { Page } from '@playwright/test';

interface Answer {
  results: Record<string, { error?: string; frames?: Array<{ data?: { values: unknown[][] } }> }>;
}

/** How many rows each panel got with its last answer, by the panel's id. It goes on counting while the page is open. */
export function rowsByPanel(page: Page): Map<number, number> {
  const rows = new Map<number, number>();
  page.on('response', async (response) => {
    const panel = response.request().headers()['x-panel-id'];
    if (panel && response.url().includes('/api/ds/query') && response.ok()) {
      // A page that is left, or a test that ends, takes the body with it.
      const answer: Answer | undefined = await response.json().catch(() => undefined);
      if (answer) {
        rows.set(Number(panel), rowsIn(answer));
      }
    }
  });
  return rows;
}

function rowsIn({ results }: Answer): number {
  const frames = Object.values(results).flatMap((result) => result.frames ?? []);
  return frames.reduce((sum, frame) => sum + (frame.data?.values.at(-1)?.length ?? 0), 0);
}
