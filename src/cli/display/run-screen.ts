import type {
  DownloadType,
  Failure,
  HostPause,
  Plan,
  ProgressTotals,
  RunEvent,
  RunTotals,
} from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import { pausedUntil } from '../render/pauses.ts';
import { bytesText, clockText, TYPE_NAMES } from '../render/words.ts';
import { cutToWidth, padTo } from '../render/wrap.ts';
import { barText } from '../render/bar-text.ts';
import { totalsText } from './totals-text.ts';
import { TransferSum, type TransferTotals } from './transfer-sum.ts';

const SOURCES = ['youtube', 'drive'] as const;

/** Failures that stay in sight while others' downloads scroll by. */
const LAST_FAILURES = 3;
/** Lines of the terminal that are left to what has ended. */
const LINES_ABOVE = 2;
/** Columns of `1.4 MB  842 kB/s  1:03:20 left` and what stands around it. */
const FIGURES = 33;
/** Bars get no longer on a wider terminal. */
const MAX_COLUMNS = 200;
/** Below so many lines failures are not kept in sight: what goes on is worth more. */
const MIN_ROWS_FOR_FAILURES = 12;

/** The terminal as it is now. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly colors: Terminal['err'];
}

interface Active {
  readonly rowId: string;
  readonly type: DownloadType;
  readonly sum: TransferSum;
  /** Of what came last; foreign text. */
  title: string | null;
  totals: TransferTotals | null;
}

/**
 * How a run stands, as the foot of a terminal: a bar for the run and for each source, paused hosts, the last failures, and
 * what is being fetched. Takes events, gives lines; draws nothing itself.
 */
export class RunScreen {
  #due: Readonly<Record<DownloadType, number>> | null = null;
  #totals: RunTotals | null = null;
  #failed = 0;
  #wish: 'run' | 'pause' | 'stop' = 'run';
  /** Lines printed above the foot so far. */
  #printed = 0;
  #failures: readonly { readonly failure: Failure; readonly printed: number }[] = [];
  readonly #pauses = new Map<string, HostPause>();
  readonly #active = new Map<string, Active>();

  /** @param printed lines that were printed about it above the foot */
  take(event: RunEvent, printed: number): void {
    this.#printed += printed;
    if ('totals' in event) this.#totals = event.totals;
    switch (event.kind) {
      case 'planned':
        this.#due = { youtube: due(event.plan, 'youtube'), drive: due(event.plan, 'drive') };
        break;
      case 'started': {
        const { rowId, downloadType: type } = event;
        this.#active.set(keyOf(type, rowId), {
          rowId,
          type,
          sum: new TransferSum(),
          title: null,
          totals: null,
        });
        break;
      }
      case 'progress': {
        const active = this.#active.get(keyOf(event.progress.downloadType, event.progress.rowId));
        if (active === undefined) break;
        active.totals = active.sum.add(event.progress);
        active.title = event.progress.title ?? active.title;
        break;
      }
      case 'completed':
        this.#active.delete(keyOf(event.downloadType, event.rowId));
        break;
      case 'failed':
        this.#end(event.failure);
        if (event.failure.status === 'failed') this.#failed++;
        this.#failures = [...this.#failures, { failure: event.failure, printed: this.#printed }].slice(
          -LAST_FAILURES,
        );
        break;
      case 'retrying':
      case 'waiting':
        this.#end(event.failure);
        break;
      case 'paused':
        this.#pauses.set(event.pause.host, event.pause);
        break;
      case 'resumed':
        this.#pauses.delete(event.host);
        break;
      case 'note':
        this.#wish = event.wish ?? this.#wish;
        break;
      case 'alert':
        break;
    }
  }

  /** None is wider than the terminal, and together they are not higher. */
  lines(frame: Frame): readonly string[] {
    const head = [...this.#overall(frame), ...this.#wishLines(frame), ...this.#pauseLines(frame)];
    const inSight = frame.rows - head.length - this.#active.size;
    const failures = frame.rows < MIN_ROWS_FOR_FAILURES ? [] : this.#failureLines(frame, inSight);
    const room = Math.max(frame.rows - LINES_ABOVE - head.length - failures.length, 0);
    const active = [...this.#active.values()];
    const shown = active.length > room ? active.slice(0, Math.max(room - 1, 0)) : active;
    const more = active.length - shown.length;
    return [
      ...head,
      ...failures,
      ...shown.map((each) => activeLine(each, frame)),
      ...(more > 0 && room > 0 ? [frame.colors.dim(cutToWidth(`and ${more} more`, frame.columns))] : []),
    ].slice(0, Math.max(frame.rows - 1, 1));
  }

  #end({ downloadType, rowId }: Failure): void {
    this.#active.delete(keyOf(downloadType, rowId));
  }

  #overall(frame: Frame): readonly string[] {
    const planned = this.#due;
    if (planned === null || planned.youtube + planned.drive === 0) return [];
    const nothing = (total: number): ProgressTotals => ({
      done: 0,
      total,
      bytesPerSecond: null,
      etaSeconds: null,
    });
    const all = this.#totals ?? nothing(planned.youtube + planned.drive);
    const lines = [barLine({ label: 'downloads', totals: all, failed: this.#failed }, frame)];
    if (SOURCES.some((type) => planned[type] === 0)) return lines;
    return [
      ...lines,
      ...SOURCES.map((type) =>
        barLine(
          {
            label: `  ${TYPE_NAMES[type]}`,
            totals: this.#totals?.sources[type] ?? nothing(planned[type]),
            failed: 0,
          },
          frame,
        ),
      ),
    ];
  }

  /** What was wished from outside stays in sight: a run that does nothing would look broken. */
  #wishLines({ columns, colors }: Frame): readonly string[] {
    if (this.#wish === 'run') return [];
    const isStill = this.#active.size === 0;
    const words =
      this.#wish === 'stop'
        ? 'stopping: asked for in the dashboard'
        : `${isStill ? 'paused' : 'pausing'} from the dashboard: resume it there, or Ctrl-C ends it`;
    return [colors.yellow(cutToWidth(words, columns))];
  }

  #pauseLines({ columns, colors }: Frame): readonly string[] {
    return [...this.#pauses.values()].map((pause) => {
      const then = pause.waits ? 'the run waits' : 'its rows stay pending';
      return colors.yellow(cutToWidth(`${pausedUntil(pause)}: ${then}`, columns));
    });
  }

  /** Those of the last failures whose own line has scrolled away. @param inSight lines of the terminal above the foot */
  #failureLines({ columns, colors }: Frame, inSight: number): readonly string[] {
    return this.#failures
      .filter(({ printed }) => this.#printed - printed >= inSight)
      .map(({ failure: { rowId, downloadType, status, message } }) => {
        const word = status === 'failed' ? colors.red('failed') : colors.yellow('later ');
        const text = cutToWidth(`${rowId} ${TYPE_NAMES[downloadType]}: ${message}`, columns - 7);
        return `${word} ${colors.dim(text)}`;
      });
  }
}

const keyOf = (type: DownloadType, rowId: string) => `${type}:${rowId}`;
const due = (plan: Plan, type: DownloadType) => plan[type].toFetch + plan[type].malformed;

function barLine(
  {
    label,
    totals,
    failed,
  }: { readonly label: string; readonly totals: ProgressTotals; readonly failed: number },
  frame: Frame,
): string {
  const { done, total } = totals;
  const text = totalsText(totals, failed);
  return line({ label, text, parts: [done / Math.max(total, 1)] }, frame);
}

function activeLine({ rowId, type, title, totals }: Active, frame: Frame): string {
  const label = `${rowId} ${TYPE_NAMES[type]}${title === null ? '' : ` ${title}`}`;
  if (totals === null) return line({ label, text: 'starting', parts: [0] }, frame);
  const { receivedBytes, totalBytes, bytesPerSecond, etaSeconds } = totals;
  const text = [
    bytesText(receivedBytes),
    bytesPerSecond === null ? '' : `${bytesText(bytesPerSecond)}/s`,
    etaSeconds === null || etaSeconds < 1 ? '' : `${clockText(etaSeconds)} left`,
  ]
    .filter((part) => part !== '')
    .join('  ');
  return line(
    { label, text, parts: [totalBytes === null ? 0 : receivedBytes / Math.max(totalBytes, 1)] },
    frame,
  );
}

function line(
  {
    label,
    text,
    parts,
  }: { readonly label: string; readonly text: string; readonly parts: readonly number[] },
  { columns: wide, colors }: Frame,
): string {
  const columns = Math.min(wide, MAX_COLUMNS);
  const labelWidth = Math.max(12, Math.min(28, columns - 60));
  const barWidth = Math.max(4, Math.min(30, columns - labelWidth - FIGURES));
  const textWidth = Math.max(0, columns - labelWidth - barWidth - 2);
  return `${padTo(cutToWidth(label, labelWidth), labelWidth)} ${barText(parts, barWidth, [colors.green])} ${cutToWidth(text, textWidth)}`;
}
