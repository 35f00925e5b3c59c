import { z } from 'zod';
import { CELL_STATUSES, SORT_KEYS } from '../../index.ts';

const MOST_ROWS = 200;
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? given.split(',') : given).filter((each) => each !== ''));
const statuses = list.pipe(z.array(z.enum(CELL_STATUSES)));
const type = z.enum(['youtube', 'drive']);
const rowId = z.string().min(1).max(2000);

/** What `/api/rows` is asked for. Lists are given by commas, or by the same name again. */
export const rowsQuery = z.object({
  status: statuses.optional(),
  download: type.optional(),
  cause: list.pipe(z.array(z.string().max(100)).max(300)).optional(),
  text: z.string().max(1000).optional(),
  sort: z.enum(SORT_KEYS).optional(),
  descending: z.stringbool().optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .transform((limit) => Math.min(limit, MOST_ROWS))
    .default(50),
});

export const rowQuery = z.object({ id: rowId });
export const fileQuery = z.object({ path: z.string().min(1).max(5000), download: z.string().optional() });
export const chosenRows = z.strictObject({
  rowIds: z.array(rowId).min(1).max(10_000),
  type: type.optional(),
});
