import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** A stretch of a file, up to and without `end`, and the answer that delivered it last. */
interface Delivered {
  readonly start: number;
  readonly end: number;
  readonly by: Answer;
}

/** An answer that a client got, as `wire-log.ts` noted it. */
export interface Answer {
  readonly path: string;
  /** Which of the client's lives it was in, the first is 0. */
  readonly life: number;
  /** Where its body begins within the file. */
  readonly start: number;
  /** Where its body was to end. */
  readonly end: number;
  /** Up to where it was delivered. */
  at: number;
  /** Whether the host says, to us and not to the client, that some of its bytes are wrong. */
  readonly isWrong: boolean;
  /** How it ended: whole, or before its end, by whichever side, also with the client or because it showed another file. */
  ended: 'whole' | 'cut';
  /** Bytes that came twice because of how it ended. */
  again: number;
}

/** Bytes that two answers delivered. */
interface Twice {
  readonly bytes: number;
  readonly first: Answer;
  readonly second: Answer;
}

export interface Request {
  readonly path: string;
  readonly life: number;
  /** Its first byte, and the first one behind it; null where it says none. */
  readonly range: { readonly start: number; readonly end: number | null } | null;
}

interface OpenRequest {
  readonly request: Request;
  answer: Answer | null;
  /** What its bytes are of: path, date and size. */
  content: string;
  isOther: boolean;
}

/** An answer that begins a file. */
export interface Begun {
  readonly path: string;
  /** As the answer says. */
  readonly size: number;
  /** Whether all of it had been delivered before, and bytes that are wrong with it. */
  readonly isWrong: boolean;
}

export interface Deliveries {
  readonly answers: readonly Answer[];
  readonly requests: readonly Request[];
}

const lineSchema = z.union([
  z.tuple([z.literal('ask'), z.number(), z.string(), z.string().nullable()]),
  z.tuple([
    z.literal('head'),
    z.number(),
    z.number(),
    z.string().nullable(),
    z.string().nullable(),
    z.string().nullable(),
    z.boolean(),
  ]),
  z.tuple([z.literal('data'), z.number(), z.number()]),
  z.tuple([z.literal('end'), z.number(), z.boolean()]),
]);

/**
 * What was delivered to a client in all its lives, byte by byte. A byte is known by its file's size and date as well: what
 * is asked for again because the host has another file by then, or said another length, is not the same byte.
 * @param logs what each life noted, in order
 * @param mayBeginAnew told of an answer from a file's first byte: whether the host has given a reason to fetch all of it again
 */
export async function deliveriesIn(
  logs: readonly string[],
  mayBeginAnew: (begun: Begun) => boolean,
): Promise<Deliveries> {
  const there = new Map<string, readonly Delivered[]>();
  /** Which content of each path came last. */
  const latest = new Map<string, string>();
  const twice: Twice[] = [];
  const answers: Answer[] = [];
  const requests: Request[] = [];
  for (const [life, log] of logs.entries()) {
    const open = new Map<number, OpenRequest>();
    for (const line of await linesOf(log)) {
      const [kind, id] = line;
      if (kind === 'ask') {
        const request = { path: line[2], life, range: rangeOf(line[3]) };
        requests.push(request);
        open.set(id, { request, answer: null, content: '', isOther: false });
        continue;
      }
      const known = open.get(id);
      if (known === undefined) continue;
      const { request, answer } = known;
      if (kind === 'head') {
        const body = bodyOf(line[2], line[3], line[4]);
        // Another part than was asked for brings nothing.
        if (body === null || (line[2] === 206 && body.start !== request.range?.start)) continue;
        known.content = `${request.path} ${line[5]} ${body.size}`;
        known.answer = {
          ...{ path: request.path, life, ...body, at: body.start, isWrong: line[6] },
          ...{ ended: 'cut', again: 0 },
        };
        // A part of another file than the one that was begun is of no use: the client begins anew.
        known.isOther = line[2] === 206 && latest.get(request.path) !== known.content;
        latest.set(request.path, known.content);
        answers.push(known.answer);
        const before = there.get(known.content) ?? [];
        const isWrong = bytesOf(before) === body.size && before.some(({ by }) => by.isWrong);
        if (line[2] === 200 && mayBeginAnew({ path: request.path, size: body.size, isWrong }))
          there.delete(known.content);
      } else if (answer === null) continue;
      else if (kind === 'end') answer.ended = line[2] && !known.isOther ? 'whole' : 'cut';
      else {
        const [from, to] = [answer.at, answer.at + line[2]];
        answer.at = to;
        const before = there.get(known.content) ?? [];
        const now = { start: from, end: to, by: answer };
        twice.push(...overlaps(before, now));
        there.set(known.content, delivered(before, now));
      }
    }
  }
  for (const { bytes, first, second } of twice) chargedOf(first, second).again += bytes;
  return { answers, requests };
}

/** Of two answers the one that was not to its end: what it lost, or brought although another one was to. */
function chargedOf(first: Answer, second: Answer): Answer {
  return first.ended === 'whole' && second.ended !== 'whole' ? second : first;
}

function overlaps(there: readonly Delivered[], now: Delivered): readonly Twice[] {
  return there.flatMap((old) => {
    const bytes = Math.min(old.end, now.end) - Math.max(old.start, now.start);
    return bytes > 0 ? [{ bytes, first: old.by, second: now.by }] : [];
  });
}

/** Lays what was delivered over what was there. */
function delivered(there: readonly Delivered[], now: Delivered): readonly Delivered[] {
  const kept = there.flatMap((old): Delivered[] => {
    if (Math.min(old.end, now.end) <= Math.max(old.start, now.start)) return [old];
    const parts = [
      { ...old, end: Math.min(old.end, now.start) },
      { ...old, start: Math.max(old.start, now.end) },
    ];
    return parts.filter(({ start, end }) => start < end);
  });
  const last = kept.at(-1);
  // One answer's chunks are one stretch.
  if (last?.by === now.by && last.end === now.start) return [...kept.slice(0, -1), { ...last, end: now.end }];
  return [...kept, now];
}

function bytesOf(there: readonly Delivered[]): number {
  return there.reduce((sum, { start, end }) => sum + end - start, 0);
}

async function linesOf(log: string) {
  const text = await readFile(log, 'utf8').catch(() => '');
  // A kill may have cut the last line off.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [lineSchema.parse(JSON.parse(line))]));
}

function rangeOf(header: string | null): Request['range'] {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return null;
  return { start: Number(first), end: last === undefined || last === '' ? null : Number(last) + 1 };
}

/** Where a body lies within its file; null for an answer that is no file's. */
function bodyOf(status: number, contentRange: string | null, length: string | null) {
  if (status === 200) return { start: 0, end: Number(length), size: Number(length) };
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '') ?? [];
  return status === 206 ? { start: Number(first), end: Number(last) + 1, size: Number(size) } : null;
}
