import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import {
  DownloadMonitor,
  findRowByFile,
  getPendingDownloads,
  runWorkflow,
  TRACKING_COLUMNS,
} from '../../src/index.ts';
import { reach } from '../cli/fixtures.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { csvFile, readCells, rowOf } from '../tracker/fixtures.ts';
import { file, hurriedClock, video, workOn } from '../workflow/fixtures.ts';
import { coverChapter } from './chapter.ts';
import { HEADER, inFolderOf } from './output-csv.ts';

coverChapter('workflow');

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.youtube.addVideo({ id: 'spec-clip-1' });
  internet.youtube.addVideo({ id: 'spec-gone-1', behaviour: 'removed' });
  for (const n of [1, 2])
    internet.drive.addFile({ id: `spec-drive-${n}`, name: 'note.txt', body: `words ${n}` });
});
afterAll(() => internet.close());

/** Ada's video and file arrive, Bob's file too, Cleo's video is gone. */
const PEOPLE = [
  HEADER,
  `1,Ada,ada@example.org,A #1,${video('spec-clip-1')},${file('spec-drive-1')}`,
  `2,Bob,bob@example.org,B #2,,${file('spec-drive-2')}`,
  `3,Cleo,cleo@example.org,C #3,${video('spec-gone-1')},`,
];
const FILES = PEOPLE.slice(0, 3).map((line) => line.replace(video('spec-clip-1'), ''));
const done = { youtube_status: 'completed', drive_status: 'completed', drive_files: 'note_row1_A_num1.txt' };

it('run_complete_workflow.py: runWorkflow(csvPath, options), rowtrail run CSV', async () => {
  await inFolderOf(PEOPLE);
  const { code } = await runCli(['run', 'output.csv'], { cwd: process.cwd(), env: reach(internet) });
  // 3: a row is not completed.
  expect(code).toBe(3);
  expect(await rowOf('output.csv', '1')).toMatchObject(done);

  await inFolderOf(PEOPLE);
  const { proxyUrl: proxy, caCertFile: caCert } = internet;
  expect(await runWorkflow(undefined, { proxy, caCert, pace: 'off' })).toMatchObject({
    youtube: { tried: 2, completed: 1, failed: 1 },
    drive: { tried: 2, completed: 2, failed: 0 },
    complete: false,
  });
  expect(await rowOf('output.csv', '1')).toMatchObject(done);
});

it('workflow: schema enhancement: runWorkflow', async () => {
  const csv = await csvFile(PEOPLE);
  await workOn(internet, csv);
  const [header] = (await readFile(csv, 'utf8')).split('\r\n');
  expect(header).toBe(`${HEADER},${TRACKING_COLUMNS.join(',')}`);
});

it('workflow: intelligent processing: runWorkflow', async () => {
  const csv = await csvFile(PEOPLE);
  const first = await workOn(internet, csv);
  expect(first.summary).toMatchObject({ youtube: { tried: 2 }, drive: { tried: 2 } });
  expect(await getPendingDownloads(csv)).toEqual([]);
  const again = await workOn(internet, csv);
  expect(again.summary).toMatchObject({ youtube: { tried: 0 }, drive: { tried: 0 } });
  expect(again.requests).toEqual([]);
});

it('workflow: row-centric downloads: runWorkflow', async () => {
  const csv = await csvFile(FILES);
  const { folder } = await workOn(internet, csv);
  const downloads = join(folder, 'drive_downloads');
  // Two files of one name: each leads back to its own row.
  expect(await findRowByFile('note_row1_A_num1.txt', downloads)).toMatchObject({ rowId: '1', type: 'A #1' });
  expect(await findRowByFile('note_row2_B_num2.txt', downloads)).toMatchObject({ rowId: '2', type: 'B #2' });
  expect(await readdir(downloads)).toHaveLength(4);
});

it('workflow: atomic updates: runWorkflow', async () => {
  const csv = await csvFile(FILES);
  const open: Promise<readonly string[]>[] = [];
  await workOn(internet, csv, {
    concurrency: 1,
    onEvent: ({ kind }) => {
      if (kind === 'completed')
        open.push(getPendingDownloads(csv).then((rows) => rows.map(({ rowId }) => rowId)));
    },
  });
  // As soon as a download is told to be completed, whoever asks is told so, too.
  expect(await open[0]).not.toContain('1');
  expect(await open[1]).toEqual([]);
  expect((await readCells(csv)).map((row) => row['drive_status'])).toEqual(['completed', 'completed']);
});

it('workflow: error handling: runWorkflow', async () => {
  const shaky = internet.drive.addFile({
    name: 'shaky.txt',
    body: 'words',
    faults: { download: { status: 500, times: 1 } },
  });
  const csv = await csvFile([HEADER, PEOPLE[3] ?? '', `4,Dora,dora@example.org,D #4,,${file(shaky.id)}`]);
  const { summary, events } = await workOn(internet, csv, { clock: hurriedClock() });
  expect(summary.drive).toMatchObject({ tried: 1, completed: 1, retries: 1 });
  expect(events.find(({ kind }) => kind === 'retrying')).toMatchObject({
    failure: { rowId: '4', category: 'network', cause: 'server_error' },
    seconds: 5,
  });
  expect(summary.youtube).toMatchObject({ tried: 1, failed: 1, retries: 0 });
  expect(summary.failures).toMatchObject([
    {
      rowId: '3',
      cause: 'removed',
      category: 'validation',
      permanent: true,
      nextStep: expect.stringMatching(/\.$/),
    },
  ]);
  const { download_errors: errors } = await rowOf(csv, '3');
  expect(errors).toMatch(/^youtube attempt 1 validation: /);
});

it('workflow: monitoring: runWorkflow, DownloadMonitor', async () => {
  const csv = await csvFile(PEOPLE);
  const { summary, folder } = await workOn(internet, csv);
  expect(summary).toMatchObject({
    runId: expect.any(String),
    youtube: { tried: 2, completed: 1, failed: 1, files: 1 },
    drive: { tried: 2, completed: 2, failed: 0, files: 2, bytes: 14 },
    failures: [{ rowId: '3' }],
  });
  const report = await new DownloadMonitor({
    csvPath: csv,
    youtubeDir: join(folder, 'youtube_downloads'),
    driveDir: join(folder, 'drive_downloads'),
  }).generateReport();
  expect(report.metrics).toMatchObject({ completedDownloads: 3, failedDownloads: 1, successRate: 0.75 });
  expect(report.alerts.map(({ name }) => name)).toEqual(['high_failure_rate']);
  expect(report.recommendations.map(({ command }) => command)).toContainEqual(
    expect.stringMatching(/^rowtrail failed .*--by remedy$/),
  );
  // The run itself left samples: the report's own is not the first one.
  expect(report.trend.samples).toBeGreaterThan(1);
});

it('usage examples: test/spec/usage-example.ts', async () => {
  const folder = await inFolderOf(PEOPLE);
  const { PATH, HOME, XDG_DATA_HOME = '' } = process.env;
  const network = { HTTPS_PROXY: internet.proxyUrl, SSL_CERT_FILE: internet.caCertFile };
  const program = fileURLToPath(new URL('usage-example.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    cwd: folder,
    env: { PATH, HOME, XDG_DATA_HOME, ...network },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1 alerts triggered!\n' });
  expect(await rowOf('output.csv', '1')).toMatchObject({
    youtube_status: 'completed',
    youtube_files: 'spec-clip-1_row1_A_num1.mp4',
    youtube_media_id: 'spec-clip-1',
    drive_status: 'pending',
  });
  expect(await rowOf('output.csv', '3')).toMatchObject({ youtube_status: 'failed', youtube_files: '' });
  expect(await findRowByFile('spec-clip-1_row1_A_num1.mp4')).toMatchObject({ rowId: '1', name: 'Ada' });
});
