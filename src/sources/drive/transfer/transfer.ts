import { RowtrailError } from '../../../errors/index.ts';
import { type Digests, digestsOf } from '../../../files/index.ts';
import { networkFailure } from '../network-failure.ts';
import { drop, type OpenedFile } from '../open-file.ts';
import type { ResponseFacts } from '../response-facts.ts';
import { carry } from './carry.ts';
import type { Part } from './part.ts';
import { checkLength, nextStretch, rangeHeaders, relationOf } from './resume.ts';
import { readSmallBody, SMALL_BYTES } from './small-body.ts';

/** How often in a row a connection may fail without bringing a byte, once a transfer has begun. */
const MAX_IDLE_TRIES = 3;
const FIRST_PAUSE_MS = 250;

/** Where the parts of a file are kept. */
export interface PartPlace {
  /** What an earlier attempt left of it. */
  find(): Promise<Part | null>;
  /** The part to put it into; a folder is made for it. */
  make(): Promise<Part>;
}

export interface TransferOptions {
  readonly place: PartPlace;
  /** Asks for the file, with the headers of a range or none. */
  readonly open: (headers: Readonly<Record<string, string>>) => Promise<OpenedFile>;
  /** Sees each answer before its body is read; true ends the transfer without it. */
  readonly isEnough: (facts: ResponseFacts) => Promise<boolean>;
  readonly onBytes: (received: number, total: number | null) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  readonly signal: AbortSignal | undefined;
}

/** A whole file: in staging, or in memory where it is small. */
export interface Received {
  readonly held: Part | Buffer;
  readonly size: number;
  readonly sha256: string;
  /** Whether it agrees with the checksum that the host publishes, if it does. */
  readonly matches: boolean;
  readonly facts: ResponseFacts;
}

/**
 * Brings a file, continuing where an earlier attempt or a cut connection stopped as long as size and validator say that
 * it is the same file; otherwise from its first byte. A slow file comes over several connections at once.
 * @returns null when `isEnough` said so
 * @throws RowtrailError of the host, the network or the disk; AbortError, and then the part stays for the next attempt
 */
export async function transfer(options: TransferOptions): Promise<Received | null> {
  const state: State = { part: await options.place.find(), begun: false };
  try {
    return await untilWhole(state, options);
  } finally {
    await state.part?.close();
  }
}

interface State {
  part: Part | null;
  /** Whether a body has begun to come. */
  begun: boolean;
}

async function untilWhole(state: State, options: TransferOptions): Promise<Received | null> {
  const { sleep, signal } = options;
  let idleTries = 0;
  // Of any try: a host that lets the same bytes come again and again does not keep us here.
  let most = state.part?.received ?? 0;
  for (;;) {
    try {
      const outcome = await once(state, options);
      if (outcome !== 'again') return outcome;
    } catch (error) {
      signal?.throwIfAborted();
      const failure = cutFailure(error);
      const received = state.part?.received ?? 0;
      idleTries = received > most ? 0 : idleTries + 1;
      most = Math.max(most, received);
      if (!state.begun || failure.category !== 'network' || idleTries > MAX_IDLE_TRIES) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** Math.max(0, idleTries - 1));
    }
  }
}

/** One answer and what comes of it. @returns 'again' when the file must be asked for from its first byte */
async function once(state: State, options: TransferOptions): Promise<Received | null | 'again'> {
  const asked = nextStretch(state.part);
  const known = state.part?.facts ?? null;
  const opened = await options.open(asked === null || known === null ? {} : rangeHeaders(known, asked));
  try {
    const { facts } = opened;
    const relation = relationOf(facts, asked, state.part);
    if (relation === 'another' || facts === null) {
      await state.part?.remove();
      state.part = null;
      return 'again';
    }
    if (await options.isEnough(facts)) return null;
    if (facts.size === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
    state.begun = true;
    const isSmall = facts.size !== null && facts.size <= SMALL_BYTES;
    if (relation === 'begins' && state.part === null && isSmall)
      return await small(opened, facts, state, options);
    state.part ??= await options.place.make();
    if (relation === 'begins') await state.part.restart(facts);
    return await large(state.part, opened, facts, options);
  } finally {
    drop(opened.answer);
  }
}

async function large(
  part: Part,
  opened: OpenedFile,
  facts: ResponseFacts,
  { open, onBytes, sleep, clock }: TransferOptions,
): Promise<Received> {
  part.follow();
  const told = (received: number) => onBytes(received, facts.size);
  await carry({ part, opened, facts, open, onBytes: told, sleep, clock });
  checkLength(part.received, facts);
  const digests = await part.digests();
  checkLength(digests.bytes, facts);
  return {
    held: part,
    size: digests.bytes,
    sha256: digests.sha256,
    matches: isPublished(digests, facts),
    facts,
  };
}

/** What came of a file that did not come whole goes into a part, and the transfer goes on with that. */
async function small(
  opened: OpenedFile,
  facts: ResponseFacts,
  state: State,
  { place, onBytes }: TransferOptions,
): Promise<Received> {
  const size = facts.size ?? 0;
  const { bytes, error } = await readSmallBody(opened.answer.body, size, (received) =>
    onBytes(received, size),
  );
  if (error === null && bytes.length === size) {
    const wanted = { md5: facts.md5 !== null, crc32c: facts.md5 === null && facts.crc32c !== null };
    const digests = digestsOf(bytes, wanted);
    return { held: bytes, size, sha256: digests.sha256, matches: isPublished(digests, facts), facts };
  }
  if (bytes.length > 0) {
    state.part = await place.make();
    await state.part.restart(facts);
    await state.part.write([bytes], 0);
  }
  throw error ?? new RowtrailError('short_body', `${bytes.length} bytes came of ${size}`);
}

function isPublished(digests: Digests, { md5, crc32c }: ResponseFacts): boolean {
  if (md5 !== null) return digests.md5 === md5;
  return crc32c === null || digests.crc32c === crc32c;
}

/** A body that ended early is a cut transfer, whatever the network calls it; other causes stay what they are. */
function cutFailure(error: unknown): RowtrailError {
  if (error instanceof RowtrailError) return error;
  const failure = networkFailure(error, 'the host');
  if (failure.code !== 'connection_failed') return failure;
  return new RowtrailError('short_body', 'The transfer was cut short', { error });
}
