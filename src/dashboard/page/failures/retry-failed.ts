import type { RowsPage } from '../../contract.ts';
import { get, post } from '../connection/api.ts';
import { queryParams } from '../route/route.ts';

const PAGE = 200;

/**
 * Makes every failed download with one of these causes pending again, and has a run fetch them.
 * @returns how many were made pending
 * @throws ApiFailure; what was made pending by then stays so
 */
export async function retryFailed(causes: readonly string[]): Promise<number> {
  const rowIds = await failedRows(causes);
  let sum = 0;
  for (let from = 0; from < rowIds.length; from += PAGE) {
    const { reset } = await post<{ reset: number }>('/api/retry', {
      rowIds: rowIds.slice(from, from + PAGE),
    });
    sum += reset;
  }
  return sum;
}

async function failedRows(causes: readonly string[]): Promise<readonly string[]> {
  const params = queryParams({ status: ['failed'], cause: causes });
  const found = new Set<string>();
  for (let offset = 0; ; offset += PAGE) {
    params.set('offset', String(offset));
    params.set('limit', String(PAGE));
    const { rows, total } = await get<RowsPage>(`/api/rows?${params}`);
    for (const { rowId } of rows) found.add(rowId);
    if (rows.length === 0 || offset + rows.length >= total) return [...found];
  }
}
