import { z } from 'zod';
import { isCause } from '../../errors/index.ts';
import type { LoggedAttempt } from '../../ledger/index.ts';
import { DOWNLOAD_TYPES } from '../../row/index.ts';

/** Downloads that a log may say to be under way at once; one that says more is not ours. */
const MOST_BEGUN = 10_000;

const time = z
  .string()
  .max(40)
  .refine((at) => !Number.isNaN(Date.parse(at)));
const line = z.object({
  time,
  msg: z.enum(['started', 'completed', 'failed', 'retrying', 'waiting']),
  row_id: z.string().min(1),
  download_type: z.enum(DOWNLOAD_TYPES),
  run_id: z.string().max(200).optional(),
  status: z.enum(['failed', 'pending']).optional(),
  cause: z.string().refine(isCause).optional(),
  category: z.string().max(60).optional(),
  message: z
    .string()
    .max(1 << 16)
    .optional(),
  not_before: time.nullable().optional(),
  files: z.array(z.string()).optional(),
});

/**
 * The attempts that the logs of earlier versions tell of, one log after the other: that one began and what became of it stand in two
 * lines, and neither says which generation it was.
 */
export class EarlierLines {
  readonly #begun = new Map<string, string>();

  /** A log begins. */
  begin(): void {
    this.#begun.clear();
  }

  /** What was begun has a line of its own, of the present format. */
  settle({ row, downloadType }: LoggedAttempt['attempt']): void {
    this.#begun.delete(JSON.stringify([row.rowId, downloadType]));
  }

  /** The attempt that ended with this line; null where none did. @param value the line's JSON */
  attemptIn(value: unknown): LoggedAttempt | null {
    const said = line.safeParse(value).data;
    if (said === undefined) return null;
    const key = JSON.stringify([said.row_id, said.download_type]);
    const startedAt = this.#begun.get(key);
    this.#begun.delete(key);
    if (said.msg === 'started') {
      if (this.#begun.size < MOST_BEGUN) this.#begun.set(key, said.time);
      return null;
    }
    // A line without a beginning only reports once more what was said before.
    if (startedAt === undefined) return null;
    const isDone = said.msg === 'completed';
    if (!isDone && (said.status === undefined || said.cause === undefined)) return null;
    return {
      kind: 'attempt',
      attempts: null,
      counts: true,
      files: isDone ? (said.files?.length ?? null) : 0,
      attempt: {
        row: { rowId: said.row_id, type: '', name: '', email: '' },
        downloadType: said.download_type,
        link: null,
        generation: null,
        lease: null,
        startedAt,
        endedAt: said.time,
        items: [],
        outcome: {
          status: isDone ? 'completed' : (said.status ?? 'failed'),
          cause: isDone ? null : (said.cause ?? null),
          category: isDone ? null : (said.category ?? null),
          message: isDone ? null : (said.message ?? null),
          permanent: false,
          notBefore: isDone ? null : (said.not_before ?? null),
          scope: 'full',
        },
        folder: null,
        runId: said.run_id ?? null,
      },
    };
  }
}
