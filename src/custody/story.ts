import { causeFacts, remedyOf, type Verdict } from '../errors/index.ts';
import type { Sidecar } from '../files/index.ts';
import {
  type DownloadState,
  type GenerationRecord,
  type ItemRecord,
  type PastAttempt,
  readErrorEntries,
} from '../ledger/index.ts';
import type { DownloadStatus, DownloadType } from '../row/index.ts';
import { fillCommand } from './fill-command.ts';

/** What a download waits for: nothing, its first or next turn, a time, a person. */
export type RowVerdict = 'done' | 'not_tried' | 'running' | Verdict | 'given_up';

/** One download of a row, with all that happened to it. */
export interface DownloadStory {
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly status: DownloadStatus;
  readonly verdict: RowVerdict;
  /** Attempts that count. */
  readonly attempts: number;
  readonly cause: string | null;
  readonly category: string | null;
  /** What went wrong, in words; foreign text. */
  readonly message: string | null;
  /** Not to be tried before, ISO 8601. */
  readonly notBefore: string | null;
  /** What to do, as a sentence. */
  readonly nextStep: string;
  /** What to type for it, in this order; ready for a shell, but for FILE and URL, which stand for the person's own. */
  readonly commands: readonly string[];
  readonly items: readonly ItemStory[];
  /** Every attempt, of all generations, the oldest first. */
  readonly timeline: readonly AttemptStory[];
}

export interface ItemStory extends ItemRecord {
  readonly generation: number;
  /** False for what belongs to an earlier link, or was reset. */
  readonly present: boolean;
}

export interface AttemptStory extends Omit<PastAttempt, 'lease'> {
  /** Grows with each reset and each other link. */
  readonly generation: number;
  readonly present: boolean;
  readonly seconds: number;
  readonly verdict: Verdict | null;
}

/** What is known of a download, from CSV and ledger. */
export interface KnownDownload {
  readonly rowId: string;
  readonly downloadType: DownloadType;
  readonly link: string;
  readonly csvPath: string;
  readonly status: DownloadStatus;
  readonly attempts: number;
  readonly permanent: boolean;
  readonly download: DownloadState | null;
  /** `download_errors` of the row. */
  readonly cell: string;
  readonly cellTime: string;
  readonly generations: readonly GenerationRecord[];
  readonly retryAttempts: number;
}

/** Pure. */
export function storyOf(known: KnownDownload): DownloadStory {
  const { downloadType, link, status, attempts, download, generations } = known;
  const cause = status === 'completed' ? null : (download?.cause ?? (status === 'failed' ? 'unknown' : null));
  const verdict = verdictOf(known, cause);
  const own = known.cell.split('; ').filter((entry) => entry.startsWith(`${downloadType} attempt `));
  return {
    downloadType,
    link,
    status,
    verdict,
    attempts,
    cause,
    category: cause === null ? null : categoryOf(download?.cause ?? null, known),
    message: cause === null ? null : (download?.message ?? own.at(-1) ?? null),
    notBefore: download?.notBefore ?? null,
    ...nextOf(known, verdict, cause),
    items: generations.flatMap(({ generation, present, items }) =>
      items.map((item) => ({ ...item, generation, present })),
    ),
    timeline: generations.flatMap(({ generation, present, attempts: tries }) =>
      tries.map((attempt) => attemptStory(attempt, generation, present)),
    ),
  };
}

/** Where no cause is on record, the last entry of the row's own cell says what kind of failure it was. */
function categoryOf(cause: string | null, { cell, downloadType }: KnownDownload): string {
  if (cause !== null) return causeFacts(cause).category;
  return readErrorEntries(cell, downloadType).category ?? causeFacts('unknown').category;
}

function attemptStory(
  { lease: _lease, ...attempt }: PastAttempt,
  generation: number,
  present: boolean,
): AttemptStory {
  const { startedAt, endedAt, cause } = attempt;
  const seconds = Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  const verdict = cause === null ? null : causeFacts(cause).verdict;
  return { ...attempt, generation, present, seconds, verdict };
}

function verdictOf(
  { status, attempts, permanent, retryAttempts }: KnownDownload,
  cause: string | null,
): RowVerdict {
  if (status === 'completed') return 'done';
  if (status === 'downloading') return 'running';
  if (status === 'pending') return cause === null ? 'not_tried' : 'later';
  if (permanent) return 'never';
  return attempts >= retryAttempts ? 'given_up' : 'again';
}

function nextOf(
  known: KnownDownload,
  verdict: RowVerdict,
  cause: string | null,
): Pick<DownloadStory, 'nextStep' | 'commands'> {
  const { csvPath, rowId, download, attempts, retryAttempts } = known;
  const fill = (commands: readonly string[]) =>
    commands.map((command) => fillCommand(command, csvPath, [rowId]));
  const run = fill(['rowtrail run CSV']);
  const again = fill(['rowtrail reset CSV ROW_ID', 'rowtrail run CSV']);
  const said = cause === null ? '' : causeFacts(cause).nextStep;
  switch (verdict) {
    case 'done':
      return download?.scope === 'transcript'
        ? { nextStep: 'The transcript is here; a full run fetches the video, too.', commands: run }
        : { nextStep: `Nothing: it is completed${withoutText(known)}.`, commands: [] };
    case 'running':
      return { nextStep: 'Nothing: a run works on it now.', commands: [] };
    case 'not_tried':
      return { nextStep: 'Run: it is fetched.', commands: run };
    case 'again':
      return {
        nextStep: `${said} The next run is attempt ${attempts + 1} of ${retryAttempts}.`,
        commands: run,
      };
    case 'given_up':
      return {
        nextStep: `It was tried ${attempts} times, and is not tried again before a reset. ${said}`,
        commands: again,
      };
    case 'later':
    case 'never': {
      const { commands } = remedyOf(cause ?? 'unknown', download?.notBefore ?? null);
      return { nextStep: said, commands: fill(commands) };
    }
  }
}

/** A playlist or folder is completed without what is gone for good. */
function withoutText({ generations }: KnownDownload): string {
  const failed = generations
    .filter(({ present }) => present)
    .flatMap(({ items }) => items.filter(({ status }) => status === 'failed'));
  if (failed.length === 0) return '';
  return `, without ${failed.length === 1 ? 'an item' : `${failed.length} items`} that cannot be had`;
}

/** What sidecars alone tell: what arrived. Pure. */
export function storyOfSidecars(downloadType: DownloadType, sidecars: readonly Sidecar[]): DownloadStory {
  const items = sidecars.map((sidecar, position) => ({
    kind: sidecar.kind ?? (downloadType === 'drive' ? ('file' as const) : ('video' as const)),
    mediaId: sidecar.mediaId,
    position: sidecar.position ?? position,
    title: sidecar.title,
    sourceUrl: sidecar.sourceUrl ?? '',
    status: 'completed' as const,
    attempts: sidecar.attempt ?? 1,
    cause: null,
    message: null,
    notBefore: null,
    metadataFile: null,
    files: sidecar.files.map(({ name, size, sha256 }) => ({ path: name, folder: null, size, sha256 })),
    generation: sidecar.generation ?? 1,
    present: true,
  }));
  return {
    downloadType,
    link: items[0]?.sourceUrl ?? '',
    status: 'completed',
    verdict: 'done',
    attempts: 0,
    cause: null,
    category: null,
    message: null,
    notBefore: null,
    nextStep: 'Nothing that could be said without its CSV.',
    commands: [],
    items: items.toSorted((a, b) => a.position - b.position),
    timeline: [],
  };
}
