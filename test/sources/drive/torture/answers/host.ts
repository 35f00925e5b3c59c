import type { DriveOptions } from '../../../../../src/sources/drive/index.ts';
import { converse, type Line, sendDraft } from './conversation.ts';
import type { Asked, Draft } from './draft.ts';
import type { Stop } from './story.ts';

/** What a host did in one attempt. */
export interface Sent {
  requests: number;
  /** Whether an answer said that the file is not to be had by this link. */
  isFinal: boolean;
  /** Answers that were whole by their own words and were not the file. */
  falseWholes: number;
}

/** A host that answers as a story says, and the model of what a client may make of it. */
export abstract class AnsweringHost implements AsyncDisposable {
  #requests = 0;
  #stop: Stop | null = null;
  #onStop = () => {};
  /** Whether nothing is wrong any more. */
  isCalm = false;
  sent: Sent = nothingSent();

  /** What the row's cell holds, and what the client is told besides. */
  abstract readonly link: string;
  abstract readonly options: DriveOptions;
  /** The files that are to be had by the link. */
  abstract readonly mediaIds: readonly string[] | null;
  /** Whether no answer named other files than there are. */
  abstract readonly listsAll: boolean;
  /** What a client may take for a whole file. */
  abstract offered(mediaId: string): readonly Buffer[];
  /** What it has now. */
  abstract current(mediaId: string): Buffer;
  /** Whether such bytes differ from a checksum that came with them. */
  abstract isKnownToBeWrong(mediaId: string, bytes: Buffer): boolean;
  /** Whether what was answered in this attempt lets a client give up for this cause. */
  abstract mayBeFinal(cause: string): boolean;
  /** What was done that never may be. */
  abstract readonly crimes: readonly string[];
  protected abstract draft(asked: Asked, number: number, head: string): Draft;
  abstract [Symbol.asyncDispose](): Promise<void>;

  /** @param onStop called when the client is to be stopped */
  beginAttempt(stop: Stop | null, onStop: () => void): void {
    this.sent = nothingSent();
    this.#stop = stop;
    this.#onStop = onStop;
  }

  protected converse(line: Line): void {
    converse(line, async (asked, head) => {
      const inAttempt = this.sent.requests++;
      const draft = this.draft(asked, this.#requests++, head);
      // What comes behind an answer comes with it: later it would be the answer to the next request.
      const isMore =
        draft.after !== '' || Number(draft.headers.get('content-length')?.[0]) < draft.body.length;
      const stop = this.#stop?.request === inAttempt && !isMore ? this.#stop : null;
      await sendDraft(line, draft, stop, this.#onStop);
    });
  }
}

function nothingSent(): Sent {
  return { requests: 0, isFinal: false, falseWholes: 0 };
}

/** The bytes that an answer itself says to be the whole file; null where it says so of none. */
export function saidToBeWhole({ status, headers, body, after, isChunked, end }: Draft): Buffer | null {
  if (end === 'cut' || end === 'reset') return null;
  const range = /^bytes 0-(\d+)\/(\d+)$/.exec(headers.get('content-range')?.[0] ?? '');
  const isWhole =
    status === 200 || (status === 206 && range !== null && Number(range[1]) + 1 === Number(range[2]));
  if (!isWhole) return null;
  if (isChunked) return body;
  const length = Number(headers.get('content-length')?.[0] ?? NaN);
  const sent = Buffer.concat([body, Buffer.from(after)]);
  return length <= sent.length ? sent.subarray(0, length) : null;
}
