import { RowtrailError } from '../../../errors/index.ts';
import { type Digests, digestsOf } from '../../../files/index.ts';
import { networkFailure } from '../verdicts/network-failure.ts';
import { drop, isRefusal, type OpenedFile } from '../open-file.ts';
import type { ResponseFacts } from '../http/response-facts.ts';
import { carry, type Sharing } from './carry.ts';
import type { Part } from './part.ts';
import { checkLength, nextStretch, type Open, openRange, relationOf, withChecksums } from './resume.ts';
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
  readonly open: Open;
  /** Sees each answer before its body is read; true ends the transfer without it. */
  readonly isEnough: (facts: ResponseFacts) => Promise<boolean>;
  /** Transfers that the caller allows at one host at once; see CarryOptions. */
  readonly concurrency: number | undefined;
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
  const part = await options.place.find();
  const state: State = { part, begun: false, idleTries: 0, sharing: { isAllowed: true } };
  try {
    return await untilWhole(state, options);
  } finally {
    await state.part?.close();
  }
}

interface State {
  part: Part | null;
  /** Whether the host has answered with the file, or with any of it. */
  begun: boolean;
  /** Tries in a row that have brought no byte more. */
  idleTries: number;
  readonly sharing: Sharing;
}

async function untilWhole(state: State, options: TransferOptions): Promise<Received | null> {
  const { sleep, signal } = options;
  // Of any try: a host that lets the same bytes come again and again does not keep us here.
  let most = state.part?.received ?? 0;
  for (;;) {
    try {
      return await once(state, options);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = cutFailure(error);
      const received = state.part?.received ?? 0;
      state.idleTries = received > most ? 0 : state.idleTries + 1;
      most = Math.max(most, received);
      if (!state.begun || failure.category !== 'network' || state.idleTries > MAX_IDLE_TRIES) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** Math.max(0, state.idleTries - 1));
    }
  }
}

/** An answer whose body is of use. */
interface UsableAnswer {
  readonly opened: OpenedFile;
  readonly facts: ResponseFacts;
  readonly relation: 'continues' | 'begins';
}

/**
 * The answer to what is missing of the part. Null when the file is to be asked for from its beginning: nothing of it is
 * there, it is another one by now, or this host's ranges cannot be relied on. The part stays until the file begins to come.
 */
async function continued(state: State, { open }: TransferOptions): Promise<UsableAnswer | null> {
  const asked = nextStretch(state.part);
  const known = state.part?.facts ?? null;
  if (asked === null || known === null) return null;
  let opened: OpenedFile;
  try {
    opened = await openRange(open, known, asked);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
  const { facts } = opened;
  const relation = relationOf(facts, asked, known);
  if (facts !== null && relation === 'continues')
    return { opened, facts: withChecksums(facts, known), relation };
  if (facts !== null && relation === 'begins') return { opened, facts, relation };
  drop(opened.answer);
  if (relation === 'another' || state.idleTries >= MAX_IDLE_TRIES) return null;
  // A host that says it once may not mean it: what arrived is worth asking again for.
  state.begun = true;
  throw otherPart();
}

/** @throws RowtrailError also when the host sends a part in place of the file */
async function fromStart({ open }: TransferOptions): Promise<UsableAnswer> {
  const opened = await open({});
  const { facts } = opened;
  if (facts !== null && relationOf(facts, null, null) === 'begins')
    return { opened, facts, relation: 'begins' };
  drop(opened.answer);
  throw otherPart();
}

function otherPart(): RowtrailError {
  return new RowtrailError('short_body', 'The host sent another part of the file than was asked for');
}

/** One answer and what comes of it. */
async function once(state: State, options: TransferOptions): Promise<Received | null> {
  const { opened, facts, relation } = (await continued(state, options)) ?? (await fromStart(options));
  try {
    if (await options.isEnough(facts)) return null;
    if (facts.size === 0) throw new RowtrailError('short_body', 'The host sent no bytes at all');
    state.begun = true;
    const isSmall = facts.size !== null && facts.size <= SMALL_BYTES;
    if (relation === 'begins' && state.part === null && isSmall)
      return await small(opened, facts, state, options);
    state.part ??= await options.place.make();
    if (relation === 'begins') await state.part.restart(facts);
    return await large(state.part, opened, facts, state.sharing, options);
  } finally {
    drop(opened.answer);
  }
}

async function large(
  part: Part,
  opened: OpenedFile,
  facts: ResponseFacts,
  sharing: Sharing,
  { open, concurrency, onBytes, sleep, clock }: TransferOptions,
): Promise<Received> {
  part.follow(facts);
  const told = (received: number) => onBytes(received, facts.size);
  await carry({ part, opened, facts, open, sharing, concurrency, onBytes: told, sleep, clock });
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
