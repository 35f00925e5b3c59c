import { createServer, type AddressInfo, type Socket } from 'node:net';
import { WITHOUT_PROXY } from '../../fixtures.ts';
import { type Asked, type Draft, rightAnswer, versionOf } from './draft.ts';
import { AnsweringHost, saidToBeWhole } from './host.ts';
import type { Story } from './story.ts';
import { apply } from './tweaks.ts';
import { resetConnection } from '../../../../support/reset-connection.ts';

/** A server of one file behind a plain link, that answers as a story says, byte by byte. */
export class AnswerServer extends AnsweringHost {
  readonly #story: Story;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    this.converse({ socket, reset: () => resetConnection(socket) });
  });
  readonly #offered: Buffer[] = [];
  /** Of them what came without the checksum that the file has. */
  readonly #unsaid: Buffer[] = [];
  #version = 1;
  link = '';
  readonly options = { allowDirectLinks: true, network: WITHOUT_PROXY };
  readonly mediaIds = null;
  readonly listsAll = true;
  readonly crimes = [];

  constructor(story: Story) {
    super();
    this.#story = story;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.link = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/file.bin`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  offered(): readonly Buffer[] {
    return this.#offered;
  }

  current(): Buffer {
    return versionOf(this.#story.file, this.#version);
  }

  isKnownToBeWrong(_mediaId: string, bytes: Buffer): boolean {
    const { file, answers } = this.#story;
    if (this.#unsaid.some((page) => page.equals(bytes))) return false;
    const isSaid = ['crc32c', 'md5', 'both', 'wrong'].includes(file.hash) && file.hashOn !== 'parts';
    const isLeftOut = answers.flat().some(({ name }) => name === 'no hash' || name === 'other hash');
    if (this.isCalm || !isSaid || isLeftOut) return false;
    return file.hash === 'wrong' || ![1, 2].some((version) => versionOf(file, version).equals(bytes));
  }

  mayBeFinal(cause: string): boolean {
    if (cause === 'hash_mismatch') return this.#story.file.hash === 'wrong' || this.sent.falseWholes >= 2;
    return this.sent.isFinal;
  }

  protected draft(asked: Asked, number: number): Draft {
    const { file, answers } = this.#story;
    const version = file.changesAt !== null && number >= file.changesAt ? 2 : 1;
    this.#version = version;
    const calm = {
      ...file,
      hash: file.hash === 'wrong' || file.hash === 'garbage' ? 'none' : file.hash,
    } as const;
    const draft = rightAnswer(this.isCalm ? { ...calm, ranges: 'given' } : file, version, asked);
    if (asked.path === '/loop') apply(draft, 'redirect', 3);
    else if (!this.isCalm) for (const { name, arg } of answers[number] ?? []) apply(draft, name, arg);
    this.#note(draft);
    return draft;
  }

  /** What a client may make of it. */
  #note(draft: Draft): void {
    const { sent } = this;
    sent.isFinal ||= draft.isFinal || draft.status === 403;
    const whole = saidToBeWhole(draft);
    if (!draft.isFile) {
      if (!isAttachedPage(draft) || whole === null) return;
      // It comes without a checksum.
      this.#unsaid.push(whole);
    }
    this.#offered.push(draft.whole);
    if (whole === null || whole.equals(draft.whole)) return;
    this.#offered.push(whole);
    sent.falseWholes += 1;
  }
}

/** A page that a host sends as an attachment is a file. */
function isAttachedPage({ headers, body }: Draft): boolean {
  return body.length > 0 && headers.get('content-disposition')?.[0]?.startsWith('attachment') === true;
}
