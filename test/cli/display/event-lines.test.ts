import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openRunDisplay } from '../../../src/cli/display/run-display.ts';
import { processTerminal } from '../../../src/cli/terminal.ts';
import type { Internet } from '../../../src/demo/internet/index.ts';
import { DownloadResult, RowContext, type RunEvent, type RunTotals } from '../../../src/index.ts';
import { startTestInternet } from '../../support/internet.ts';
import { desk, driveLink, HEADER, json, keysOf, reach } from '../fixtures.ts';

const one = { done: 0, total: 1, bytesPerSecond: null, etaSeconds: null };
const totals: RunTotals = { ...one, sources: { youtube: one, drive: one } };
const progress = (receivedBytes: number, label = 'a.bin'): RunEvent => ({
  kind: 'progress',
  progress: {
    ...{ rowId: '1\u009B2J', downloadType: 'drive', label, receivedBytes },
    ...{ totalBytes: 100, bytesPerSecond: 5, etaSeconds: 1 },
  },
  totals,
});

async function display(options: {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly now?: () => number;
}) {
  const stream = new PassThrough({ encoding: 'utf8' });
  const terminal = processTerminal(
    { stdout: process.stdout, stderr: stream as unknown as NodeJS.WriteStream },
    { NO_COLOR: '1' },
  );
  const shown = await openRunDisplay(terminal, options);
  return { show: shown.show, text: () => String(stream.read() ?? '') };
}

describe('events as lines of text', () => {
  it.each([
    [0, 'nothing new'],
    [5, 'f0.bin, f1.bin, f2.bin, f3.bin, f4.bin'],
    [8000, 'f0.bin, f1.bin, f2.bin, f3.bin, f4.bin and 7,995 more'],
  ])('name no more than five of the %i files that a download brought', async (count, files) => {
    const { show, text } = await display({});
    const result = new DownloadResult({
      ...{ success: true, mediaId: null, errorMessage: null, metadataFile: null },
      rowContext: new RowContext({ rowId: '1', rowIndex: 0, type: 'A', name: '', email: '' }),
      filesDownloaded: Array.from({ length: count }, (_, n) => `f${n}.bin`),
    });
    show({ kind: 'completed', rowId: '1', downloadType: 'drive', result, totals });
    expect(text()).toBe(`done   1 Drive: ${files}\n`);
  });
});

describe('events as lines of JSON', () => {
  it('tell of a transfer once a second and when it is whole', async () => {
    let now = 0;
    const { show, text } = await display({ json: true, now: () => now });
    for (const [time, bytes] of [
      [0, 10],
      [500, 20],
      [1000, 30],
      [1100, 100],
    ] as const) {
      now = time;
      show(progress(bytes));
      if (time === 0) show(progress(7, 'b.bin'));
    }
    const lines = text().trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told.map(({ event, label, received_bytes: bytes }) => [event, label, bytes])).toEqual([
      ['progress', 'a.bin', 10],
      ['progress', 'b.bin', 7],
      ['progress', 'a.bin', 30],
      ['progress', 'a.bin', 100],
    ]);
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u);
  });

  it('are silent where quiet is asked for, but for alerts', async () => {
    const { show, text } = await display({ json: true, quiet: true });
    show(progress(1));
    show({ kind: 'note', message: 'a note' });
    show({ kind: 'alert', message: 'the disk is full' });
    expect(
      text()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ event: 'alert', message: 'the disk is full' }]);
  });
});

async function world(): Promise<Internet> {
  const internet = await startTestInternet();
  internet.drive.addFile({ id: 'ev-notes-1', name: 'notes.txt', body: 'notes' });
  internet.drive.addFile({ id: 'ev-locked-1', name: 'secret.pdf', body: 'secret', behaviour: 'sign-in' });
  return internet;
}

describe('a run', () => {
  it('with --json gives the summary on stdout and a line for each event on stderr, which name nobody', async () => {
    await using internet = await world();
    const { rowtrail } = await desk(
      [
        HEADER,
        `1,Ada,ada@example.org,A,,${driveLink('ev-notes-1')}`,
        `2,Bob,bob@example.org,B,,${driveLink('ev-locked-1')}`,
      ],
      reach(internet),
    );
    const result = await rowtrail('run', 'people.csv', '--json');
    expect(json(result)).toMatchObject({ complete: false });
    const events = result.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(events.map(({ event }) => event))).toEqual(
      new Set(['planned', 'started', 'progress', 'completed', 'failed', 'alert']),
    );
    expect(events.find(({ event }) => event === 'completed')).toMatchObject({
      ...{ row_id: '1', download_type: 'drive', files: ['notes_row1_A.txt'], media_id: 'ev-notes-1' },
    });
    expect(events.find(({ event }) => event === 'failed')).toMatchObject({
      ...{ row_id: '2', cause: 'not_shared', permanent: true },
    });
    for (const event of events) {
      expect(Date.parse(String(event['at']))).not.toBeNaN();
      for (const key of keysOf(event)) expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    expect(result.stderr).not.toMatch(/Ada|example\.org/);
  });

  it('with --quiet says nothing where all is well, and what failed and the next step where it is not', async () => {
    await using internet = await world();
    const good = await desk([HEADER, `1,A,a@x,T,,${driveLink('ev-notes-1')}`], reach(internet));
    expect(await good.rowtrail('run', 'people.csv', '--quiet')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const bad = await desk([HEADER, `1,A,a@x,T,,${driveLink('ev-locked-1')}`], reach(internet));
    const { code, stdout } = await bad.rowtrail('run', 'people.csv', '--quiet');
    expect(code).toBe(3);
    expect(stdout).toContain('not shared');
    expect(stdout).toContain('Next: ');
  });
});
