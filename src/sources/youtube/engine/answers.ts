import { z } from 'zod';

/** What a worker sends over its channel; worker.py has the format. */
export type WorkerAnswer =
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'out'; readonly id: number; readonly line: string }
  | { readonly kind: 'err'; readonly id: number; readonly line: string }
  | { readonly kind: 'end'; readonly id: number; readonly exitCode: number; readonly memory: number };

const id = z.number().int();
const answer = z.union([
  z.strictObject({ id, out: z.string() }).transform(({ id: of, out }) => ({
    kind: 'out' as const,
    id: of,
    line: out,
  })),
  z.strictObject({ id, err: z.string() }).transform(({ id: of, err }) => ({
    kind: 'err' as const,
    id: of,
    line: err,
  })),
  z
    .strictObject({ id, end: z.number().int(), memory: z.number().nonnegative() })
    .transform(({ id: of, end, memory }) => ({ kind: 'end' as const, id: of, exitCode: end, memory })),
  z
    .strictObject({ ready: z.string() })
    .transform(({ ready }) => ({ kind: 'ready' as const, version: ready })),
]);

/** Reads a line of a worker's channel; null for what no worker of ours would send. */
export function readAnswer(line: string): WorkerAnswer | null {
  try {
    return answer.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
