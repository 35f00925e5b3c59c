import type { ItemFacts } from '../../src/files/index.ts';
import { RowContext } from '../../src/row/index.ts';

export const NOW = new Date('2026-11-01T10:00:00Z');

export function rowOf(rowId: string, type = 'FF-Fi/Se-CP/B(S) #4'): RowContext {
  return new RowContext({ rowId, rowIndex: 3, type, name: 'Ada, "the first"', email: 'ada@example.org' });
}

export function factsOf(mediaId: string, given: Partial<ItemFacts> = {}): ItemFacts {
  return {
    kind: 'file',
    mediaId,
    position: 0,
    sourceUrl: `https://drive.google.com/file/d/${mediaId}/view`,
    title: 'A title',
    tools: { rowtrail: '0.1.0' },
    generation: 1,
    ...given,
  };
}
