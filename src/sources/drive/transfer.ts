import { RowtrailError } from '../../errors/index.ts';
import type { Digest } from './digest.ts';
import { networkFailure } from './network-failure.ts';
import { drop, type OpenedFile } from './open-file.ts';
import type { Part } from './part.ts';
import { ifRange, isSameContent, type ResponseFacts } from './response-facts.ts';

/** How often in a row a connection may fail without bringing a byte, once a transfer has begun. */
const MAX_IDLE_TRIES = 3;
const FIRST_PAUSE_MS = 250;

export interface TransferOptions {
  readonly part: Part;
  /** Asks for the file, with the headers of a range or none. */
  readonly open: (headers: Readonly<Record<string, string>>) => Promise<OpenedFile>;
  /** Sees each answer before its body is read; true ends the transfer without it. */
  readonly isEnough: (facts: ResponseFacts) => Promise<boolean>;
  readonly onBytes: (received: number, total: number | null) => void;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/** A whole file in staging. */
export interface Received {
  readonly size: number;
  readonly sha256: string;
  /** Whether it agrees with the checksum that the host publishes, if it does. */
  readonly matches: boolean;
  readonly facts: ResponseFacts;
}

/**
 * Brings a file into its part, continuing where an earlier attempt or a cut connection stopped as long as size and
 * validator say that it is the same file; otherwise from its first byte.
 * @returns null when `isEnough` said so
 * @throws RowtrailError of the host, the network or the disk; AbortError, and then the part stays for the next attempt
 */
export async function transfer(options: TransferOptions): Promise<Received | null> {
  const { part, open, sleep, signal } = options;
  let digest = null as Digest | null;
  let idleTries = 0;
  let begun = false;
  for (;;) {
    const offset = resumeOffset(part);
    const before = part.size;
    let opened: OpenedFile | null = null;
    try {
      opened = await open(rangeHeaders(part, offset));
      const facts = await accepted(opened, part, offset);
      if (facts === null) continue;
      if (await options.isEnough(facts)) {
        drop(opened.answer);
        return null;
      }
      if (facts.size === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
      if (facts.start === 0) {
        await part.restart(facts);
        digest = null;
      }
      digest = digest?.bytes === facts.start ? digest : await part.digestOf(facts.start, facts, signal);
      begun = true;
      const onBytes = (received: number) => options.onBytes(received, facts.size);
      await part.append(opened.answer.body, { offset: facts.start, digest, onBytes });
      checkLength(part, facts);
      return { size: part.size, ...digest.finish(), facts };
    } catch (error) {
      if (opened !== null) drop(opened.answer);
      signal?.throwIfAborted();
      const failure = cutFailure(error);
      idleTries = part.size > before ? 0 : idleTries + 1;
      if (!begun || failure.category !== 'network' || idleTries > MAX_IDLE_TRIES) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** Math.max(0, idleTries - 1));
    }
  }
}

/** A part that is whole is asked for its last byte again: the answer tells whether it is still the same file. */
function resumeOffset(part: Part): number {
  if (part.facts?.size === null || part.facts === null || part.size > part.facts.size) return 0;
  return part.size === part.facts.size ? Math.max(0, part.size - 1) : part.size;
}

function rangeHeaders(part: Part, offset: number): Readonly<Record<string, string>> {
  if (offset === 0 || part.facts === null) return {};
  const validator = ifRange(part.facts);
  return { range: `bytes=${offset}-`, ...(validator === null ? {} : { 'if-range': validator }) };
}

/** The facts of an answer that continues the part or begins it; null when it must be asked for from the first byte. */
async function accepted(
  { answer, facts }: OpenedFile,
  part: Part,
  offset: number,
): Promise<ResponseFacts | null> {
  if (facts !== null && facts.start === 0) return facts;
  const continues =
    facts !== null && facts.start === offset && part.facts !== null && isSameContent(facts, part.facts);
  if (continues) return facts;
  drop(answer);
  if (offset === 0)
    throw new RowtrailError('short_body', 'The host did not send the file from its beginning');
  await part.remove();
  return null;
}

function checkLength(part: Part, facts: ResponseFacts): void {
  if (facts.size === null && !facts.hasEnd) {
    throw new RowtrailError(
      'short_body',
      'The host did not say where the file ends, so it cannot be known to be whole',
    );
  }
  if (facts.size !== null && part.size !== facts.size) {
    throw new RowtrailError('short_body', `${part.size} bytes came of ${facts.size}`);
  }
  if (part.size === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
}

/** A body that ended early is a cut transfer, whatever the network calls it; other causes stay what they are. */
function cutFailure(error: unknown): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const failure = networkFailure(error, 'the host');
  if (failure.code !== 'connection_failed') return failure;
  return new RowtrailError('short_body', 'The transfer was cut short', { error });
}
