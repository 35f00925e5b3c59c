import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { NotInCsvError } from '../../../../src/errors/index.ts';
import { DownloadResult, RowContext } from '../../../../src/row/index.ts';
import { CsvTracker } from '../../../../src/tracker/csv-tracker.ts';
import {
  getDownloadStatusSummary,
  getPendingDownloads,
  resetDownloadStatus,
  type TrackerOptions,
  updateCsvDownloadStatus,
} from '../../../../src/tracker/index.ts';
import { itemsOf } from '../../../../src/tracker/items-of.ts';
import { outcomeOf } from '../../../../src/tracker/outcome.ts';
import { Child } from '../child.ts';
import { anEdit, type Edit, edited } from './edits.ts';
import { type Kind, KINDS, Model, type Result } from './model.ts';
import { contentOf, OWN_COLUMNS, readContent, type Row, type Sheet, textOf } from './sheet.ts';

/** One thing that happens to a CSV. */
export type Step =
  | {
      readonly do: 'update' | 'record and die' | 'update and be killed';
      readonly process: number;
      readonly row: number;
      readonly kind: Kind;
      readonly success: boolean;
      readonly permanent: boolean;
    }
  | { readonly do: 'reset'; readonly process: number; readonly row: number; readonly kind: Kind | 'both' }
  | { readonly do: 'status' | 'pending'; readonly process: number }
  | { readonly do: 'copy' | 'lose the ledger' }
  /** `copy` chooses a copy that was made before; null: the file as it stands. */
  | {
      readonly do: 'save';
      readonly copy: number | null;
      readonly inPlace: boolean;
      readonly edits: readonly Edit[];
    };

const process = fc.nat({ max: 1 });
const row = fc.nat({ max: 30 });
const kind = fc.constantFrom(...KINDS);

/** @param kills whether real processes are killed, too, which takes a second each */
export function aStory(kills: boolean): fc.Arbitrary<readonly Step[]> {
  const report = (how: 'update' | 'record and die' | 'update and be killed') =>
    fc.record({ do: fc.constant(how), process, row, kind, success: fc.boolean(), permanent: fc.boolean() });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 10, arbitrary: report('update') },
    { weight: 3, arbitrary: report('record and die') },
    { weight: kills ? 1 : 0, arbitrary: report('update and be killed') },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('reset' as const),
        process,
        row,
        kind: fc.constantFrom(...KINDS, 'both' as const),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('status', 'pending'), process }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('copy' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lose the ledger' as const) }) },
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constant('save' as const),
        copy: fc.option(fc.nat({ max: 5 }), { freq: 2 }),
        inPlace: fc.boolean(),
        edits: fc.array(anEdit, { maxLength: 3 }),
      }),
    },
  );
  return fc.array(step, { minLength: 4, maxLength: 14 });
}

/** Trackers are shared by CSV and columns: what differs in these is a process of its own as far as memory goes. */
const PROCESSES: readonly TrackerOptions[] = [{}, { columns: {} }];

/**
 * Lives a story twice, in files and in the model, and compares after each step.
 * @throws AssertionError at the first difference
 */
export async function live(story: readonly Step[], csv: string): Promise<void> {
  await new Life(csv).live(story);
}

class Life {
  readonly #csv: string;
  readonly #model = new Model(firstSheet());
  readonly #copies: Sheet[] = [];
  readonly #people = new Map<string, Row>();
  #count = 0;
  /** Whether the file is another than the one that the ledger was last brought together with. */
  #foreign = true;

  constructor(csv: string) {
    this.#csv = csv;
  }

  async live(story: readonly Step[]): Promise<void> {
    await writeFile(this.#csv, textOf(this.#model.sheet));
    await utimes(this.#csv, LONG_AGO, LONG_AGO);
    for (const step of story) {
      this.#count++;
      this.#meetPeople();
      await this.#do(step);
      await this.#compare(step);
    }
    await getDownloadStatusSummary(this.#csv);
    this.#sync();
    await this.#compare({ do: 'status', process: 0 });
  }

  async #do(step: Step): Promise<void> {
    const options = 'process' in step ? (PROCESSES[step.process] ?? {}) : {};
    switch (step.do) {
      case 'update':
        return this.#update(this.#result(step), options);
      case 'record and die':
        return this.#recordAndDie(this.#result(step));
      case 'update and be killed':
        return this.#updateAndBeKilled(this.#result(step));
      case 'reset': {
        const rowId = this.#someone(step.row)['row_id'] ?? '';
        const known = this.#model.reset(rowId, step.kind === 'both' ? KINDS : [step.kind]);
        if (known) this.#sync();
        assert.equal(await resetDownloadStatus(rowId, step.kind, this.#csv, options), known);
        return;
      }
      case 'status': {
        await getDownloadStatusSummary(this.#csv, options);
        this.#sync();
        return;
      }
      case 'pending': {
        const pending = await getPendingDownloads(this.#csv, options);
        this.#sync();
        const expected = this.#model.sheet.rows.filter((each) =>
          KINDS.some((each2) => this.#model.isPending(each, each2)),
        );
        assert.deepEqual(
          pending.map(({ rowId }) => rowId),
          expected.map((each) => each['row_id']),
        );
        return;
      }
      case 'copy':
        this.#copies.push(this.#model.sheet);
        return;
      case 'lose the ledger':
        await rm(join(dirname(this.#csv), '.rowtrail'), { recursive: true, force: true });
        this.#model.loseLedger();
        this.#foreign = true;
        return;
      case 'save':
        await this.#save(step);
        return;
      default:
        step satisfies never;
    }
  }

  async #update(result: Result, options: TrackerOptions): Promise<void> {
    if (this.#foreign) this.#sync();
    const outcome = await updateCsvDownloadStatus(
      0,
      result.kind,
      downloadResult(result),
      this.#csv,
      options,
    ).then(
      () => 'in the CSV',
      (error: unknown) => {
        if (error instanceof NotInCsvError) return error.code;
        throw error;
      },
    );
    this.#model.record(result, this.#lastAttempt(result));
    this.#sync();
    const there = this.#model.row(this.#model.present(result.rowId)) !== undefined;
    assert.equal(outcome, there ? 'in the CSV' : 'csv_row_gone');
  }

  /** As a process that is killed between the record and the CSV. */
  async #recordAndDie(result: Result): Promise<void> {
    const tracker = await CsvTracker.open(this.#csv);
    await tracker.prepareRow(result.rowId);
    if (this.#foreign) this.#sync();
    const { rowId, type, email, kind: downloadType } = result;
    const now = new Date().toISOString();
    const typed = new DownloadResult({ ...downloadResult(result), downloadType });
    await tracker.record({
      row: { rowId, type, email, name: '' },
      downloadType,
      link: null,
      generation: null,
      lease: null,
      startedAt: now,
      endedAt: now,
      items: itemsOf(typed),
      outcome: outcomeOf(typed),
      folder: null,
      runId: null,
    });
    await tracker.close();
    this.#model.record(result, now);
  }

  async #updateAndBeKilled(result: Result): Promise<void> {
    const before = this.#attemptInLedger(result);
    const child = new Child('model/update-once.ts', [this.#csv, JSON.stringify(result)]);
    await child.line('ready');
    child.say('go');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    await child.kill();
    assert.equal(child.errors, '');
    await getDownloadStatusSummary(this.#csv);
    this.#sync();
    const after = this.#attemptInLedger(result);
    // Acknowledged means recorded; whether more was recorded than acknowledged only the ledger knows.
    if (child.lines.includes('acknowledged')) assert.notEqual(after, before);
    // Empty where a changed link has begun the download anew and nothing was recorded since.
    if (after !== before && after !== '') this.#model.record(result, after);
    this.#sync();
  }

  #sync(): void {
    this.#model.sync();
    if (this.#model.hasLedger) this.#foreign = false;
  }

  async #save({ copy, inPlace, edits }: Extract<Step, { do: 'save' }>): Promise<void> {
    const stale = copy === null ? undefined : this.#copies[copy % Math.max(1, this.#copies.length)];
    this.#model.sheet = edits.reduce(edited, stale ?? this.#model.sheet);
    this.#foreign = true;
    const path = inPlace ? this.#csv : join(dirname(this.#csv), 'saved.tmp');
    await writeFile(path, textOf(this.#model.sheet));
    // A while ago, so that nobody waits until it is still; never twice at the same time.
    const when = new Date(LONG_AGO.getTime() + this.#count * 1000);
    await utimes(path, when, when);
    if (!inPlace) await rename(path, this.#csv);
  }

  async #compare(step: Step): Promise<void> {
    const text = await readFile(this.#csv, 'utf8');
    const found = readContent(text);
    const expected = contentOf(this.#model.sheet);
    const lines = Array.from({ length: Math.max(found.length, expected.length) }, (_, line) => line);
    const differences = lines.filter((line) => found[line]?.join('|') !== expected[line]?.join('|'));
    const shown = differences.map((line) => ({
      expected: expected[line]?.join('|'),
      found: found[line]?.join('|'),
    }));
    assert.deepEqual(shown, [], `after step ${this.#count}, ${JSON.stringify(step)}`);
    if (this.#model.sheet.newline === '\n') assert(!text.includes('\r'), 'line ends were changed');
  }

  /** Everyone who was ever in the sheet, as they were last seen there, under the row_id of first sight. */
  #meetPeople(): void {
    for (const each of this.#model.sheet.rows) this.#people.set(each['row_id'] ?? '', each);
  }

  #someone(number: number): Row {
    const people = [...this.#people.values()];
    const person = people[number % people.length];
    assert(person);
    return person;
  }

  #result(step: Extract<Step, { success: boolean }>): Result {
    const person = this.#someone(step.row);
    const { kind: of, success, permanent } = step;
    const rowId = person['row_id'] ?? '';
    return {
      rowId,
      type: person['type'] ?? '',
      email: person['email'] ?? '',
      kind: of,
      success,
      permanent,
      files: `${rowId}_${of}_${this.#count}.mp4`,
      mediaId: `id-${of}`,
      message: `it broke at step ${this.#count}`,
    };
  }

  /** The time of the attempt is the only thing that the model cannot know. */
  #lastAttempt(result: Result): string {
    const attempt = this.#attemptInLedger(result);
    assert(Math.abs(Date.now() - Date.parse(attempt)) < 60_000, `the attempt is of ${attempt}`);
    return attempt;
  }

  #attemptInLedger({ rowId, kind: of }: Result): string {
    const path = join(dirname(this.#csv), '.rowtrail', 'people.csv', 'ledger.db');
    if (!existsSync(path)) return '';
    const db = new Database(path, { readonly: true });
    const attempt = db
      .prepare('SELECT last_attempt FROM download WHERE row_id = ? AND download_type = ?')
      .pluck();
    const ids = [rowId, this.#model.present(rowId), withoutZeros(rowId), rowId.padStart(3, '0')];
    const found = ids.map((id) => attempt.get(id, of)).find((at) => typeof at === 'string');
    db.close();
    return typeof found === 'string' ? found : '';
  }
}

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

const withoutZeros = (rowId: string) => rowId.replace(/^0+(?=\d)/, '');

function downloadResult({
  rowId,
  type,
  email,
  success,
  permanent,
  files,
  mediaId,
  message,
}: Result): DownloadResult {
  return new DownloadResult({
    success,
    filesDownloaded: success ? [files] : [],
    mediaId: success ? mediaId : null,
    errorMessage: success ? null : message,
    metadataFile: null,
    permanentFailure: permanent && !success,
    rowContext: new RowContext({ rowId, rowIndex: 0, type, email, name: '' }),
  });
}

function firstSheet(): Sheet {
  const ids = ['007', 'NA', '12', '0044', 'x-1'];
  return {
    columns: OWN_COLUMNS,
    rows: ids.map((rowId, n) => ({
      row_id: rowId,
      name: `Name, ${n}`,
      email: `${n}@example.org`,
      type: `FF-Fi/Se-CP/B(S) #${n % 2}`,
      youtube_playlist: n === 3 ? '-' : `https://youtu.be/${'abcde'[n]?.repeat(11) ?? ''}`,
      google_drive: n % 2 === 0 ? `https://drive.google.com/file/d/${n}234567890/view` : '',
      mine: n === 1 ? 'a "quoted", note' : '1.10',
    })),
    delimiter: ',',
    quotes: false,
    newline: '\r\n',
  };
}
