import { API_KEY, fileLink, folderLink } from '../../../fixtures.ts';
import type { Asked, Draft } from '../draft.ts';
import { versionOf } from '../draft.ts';
import { AnsweringHost, saidToBeWhole } from '../host.ts';
import type { GoogleStory } from './google-story.ts';
import { applyGoogle, type GoogleDraft } from './google-tweaks.ts';
import type { TlsProxy } from './tls-proxy.ts';
import { FILE_IDS, FOLDER_ID, googleAnswer, idsIn, servedAs, SHORTCUT_ID, type World } from './world.ts';

/** Google's hosts as a story has them answer. */
export class GoogleServer extends AnsweringHost {
  readonly #story: GoogleStory;
  readonly #proxy: TlsProxy;
  readonly #offered = new Map<string, Buffer[]>();
  #version = 1;
  #finals = new Set<string>();
  #wrongFacts = 0;
  #isVague = false;
  readonly #told: string[] = [];
  readonly link: string;
  readonly options;
  readonly mediaIds: readonly string[] | null;

  /** @param network how the proxy is reached */
  constructor(story: GoogleStory, proxy: TlsProxy, network: { proxy: string; caCertFile: string }) {
    super();
    this.#story = story;
    this.#proxy = proxy;
    proxy.foreign.length = 0;
    proxy.onLine = (line) => this.converse(line);
    // A shortcut's file goes by the shortcut's id where Drive's pages lead to it.
    this.mediaIds = story.world.kind === 'shortcut' ? null : idsIn(story.world);
    this.link = linkOf(story);
    const key = story.hasKey ? { apiKey: API_KEY } : {};
    this.options = { network, exportFormats: ['pdf'], ...key };
  }

  get listsAll(): boolean {
    return !this.#isVague;
  }

  get crimes(): readonly string[] {
    return [...this.#told, ...this.#proxy.foreign];
  }

  offered(mediaId: string): readonly Buffer[] {
    return this.#offered.get(fileBehind(mediaId)) ?? [];
  }

  current(mediaId: string): Buffer {
    return versionOf(servedAs(this.#story.world, fileBehind(mediaId)), this.#version);
  }

  isKnownToBeWrong(mediaId: string, bytes: Buffer): boolean {
    const { world, hasKey } = this.#story;
    if (this.isCalm || this.#isVague || !hasKey || world.publishes !== 'size and md5') return false;
    if (world.kind === 'document') return false;
    return ![1, 2].some((version) => versionOf(servedAs(world, fileBehind(mediaId)), version).equals(bytes));
  }

  mayBeFinal(cause: string): boolean {
    if (cause !== 'hash_mismatch') return this.#finals.has(cause);
    const { hash, changesAt } = this.#story.world.file;
    // Between what the API says of it and the bytes a file may change, once.
    const changes = changesAt === null ? 0 : 1;
    return hash === 'wrong' || this.sent.falseWholes + this.#wrongFacts + changes >= 2;
  }

  override beginAttempt(...stop: Parameters<AnsweringHost['beginAttempt']>): void {
    super.beginAttempt(...stop);
    this.#finals = new Set();
    this.#wrongFacts = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxy.onLine = ({ socket }) => socket.destroy();
    this.#proxy.hangUp();
  }

  protected draft(asked: Asked, number: number, head: string): Draft {
    const { world, answers } = this.#story;
    if (asked.host !== 'www.googleapis.com' && head.includes(API_KEY))
      this.#told.push(`${asked.host} was told the key`);
    if (asked.path.includes(API_KEY)) this.#told.push('the key in an address');
    const version = world.file.changesAt !== null && number >= world.file.changesAt ? 2 : 1;
    this.#version = version;
    const draft = googleAnswer(this.isCalm ? calm(world) : world, version, asked);
    const answer: GoogleDraft = { draft, finals: [], isWrong: false, isVague: false };
    if (!this.isCalm) for (const { name, arg } of answers[number] ?? []) applyGoogle(answer, name, arg);
    this.#note(answer);
    return answer.draft;
  }

  #note({ draft, finals, isWrong, isVague }: GoogleDraft): void {
    this.#isVague ||= isVague;
    if (isWrong) this.#wrongFacts += 1;
    const all = finals.length === 0 ? [null] : finals;
    for (const cause of all.flatMap((causes) => causes ?? byStatus(draft))) this.#finals.add(cause);
    if (draft.status === 404 || draft.status === 410) this.#finals.add('not_found');
    const whole = saidToBeWhole(draft);
    if (!draft.isFile && (whole === null || !isNamedPage(draft))) return;
    const id = fileBehind(FILE_IDS.find((file) => draft.asked.path.includes(file)) ?? SHORTCUT_ID);
    const offered = this.#offered.get(id) ?? [];
    this.#offered.set(id, offered);
    offered.push(draft.whole);
    if (whole === null || whole.equals(draft.whole)) return;
    offered.push(whole);
    this.sent.falseWholes += 1;
  }
}

/** A page that comes as an attachment with a name is a file. */
function isNamedPage({ headers, body }: Draft): boolean {
  return body.length > 0 && /^attachment;.*filename/.test(headers.get('content-disposition')?.[0] ?? '');
}

function fileBehind(id: string): string {
  return id === SHORTCUT_ID ? (FILE_IDS[0] ?? '') : id;
}

function calm(world: World): World {
  const { file } = world;
  const isWrong = file.hash === 'wrong' || file.hash === 'garbage';
  return { ...world, file: { ...file, ranges: 'given', hash: isWrong ? 'none' : file.hash } };
}

function byStatus({ status }: Draft): readonly string[] {
  return status === 401 || status === 403 ? ['not_shared'] : [];
}

function linkOf({ world, isOpenLink }: GoogleStory): string {
  const id =
    world.kind === 'folder' ? FOLDER_ID : world.kind === 'shortcut' ? SHORTCUT_ID : (FILE_IDS[0] ?? '');
  if (isOpenLink) return `https://drive.google.com/open?id=${id}`;
  if (world.kind === 'folder') return folderLink({ id });
  return world.kind === 'document' ? `https://docs.google.com/document/d/${id}/edit` : fileLink({ id });
}
