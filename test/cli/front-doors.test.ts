import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { rowOf } from '../tracker/fixtures.ts';
import { HEADER, hashOf } from './fixtures.ts';
import { screen } from './screen.ts';
import { SITUATIONS } from './situations.ts';

let home: string;
beforeAll(() => {
  home = process.cwd();
});
afterAll(() => process.chdir(home));

async function situation(name: keyof typeof SITUATIONS): Promise<void> {
  const folder = await tempFolder();
  await SITUATIONS[name](folder);
  process.chdir(folder);
}

const at = (...words: string[]) => screen([...words, '--csv-path', 'people.csv']);
const jsonOf = async (...words: string[]): Promise<unknown> =>
  JSON.parse((await screen([...words, '--json'])).stdout);

describe('csv-tracker, monitoring and error-handling', () => {
  it.for(['csv-tracker', 'monitoring', 'error-handling'])(
    '%s without a flag shows its help and ends with 2',
    async (name) => {
      await situation('empty-csv');
      const { code, stdout, stderr } = await screen([name]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^Usage: rowtrail ${name} `));
    },
  );

  it('a flag that asks for nothing by itself is wrong usage', async () => {
    await situation('empty-csv');
    await expect(at('monitoring', '--detailed')).rejects.toThrow(
      '--detailed asks for nothing by itself; give --status or --metrics or --alerts or --report with it',
    );
    await expect(at('csv-tracker', '--reset-type', 'drive')).rejects.toThrow(
      '--reset-type belongs to --reset-status',
    );
  });

  it('give the same as the commands of today, as text and as JSON', async () => {
    await situation('failed-rows');
    const csv = ['--csv-path', 'people.csv'];
    for (const [door, today] of [
      [
        ['csv-tracker', '--status', ...csv],
        ['status', 'people.csv'],
      ],
      [
        ['csv-tracker', '--pending', ...csv],
        ['pending', 'people.csv'],
      ],
      [
        ['csv-tracker', '--pending', 'drive', ...csv],
        ['pending', 'people.csv', '--type', 'drive'],
      ],
      [
        ['csv-tracker', '--failed', ...csv],
        ['failed', 'people.csv'],
      ],
      [
        ['csv-tracker', '--failed', 'youtube', ...csv],
        ['failed', 'people.csv', '--type', 'youtube'],
      ],
    ] as const) {
      expect(await screen(door)).toEqual(await screen(today));
      expect(await jsonOf(...door)).toEqual(await jsonOf(...today));
    }
  });

  it('take output.csv unless they are told otherwise', async () => {
    await situation('failed-rows');
    await writeFile('output.csv', `${HEADER}\n9,Z,z@x,T,,\n`);
    expect(await jsonOf('csv-tracker', '--status')).toMatchObject({ total_rows: 1 });
  });
});

describe('csv-tracker', () => {
  it('adds the tracking columns once', async () => {
    process.chdir(await tempFolder());
    await writeFile('people.csv', `${HEADER}\r\n1,A,a@x,T,https://youtu.be/dQw4w9WgXcQ,\r\n`);
    expect((await at('csv-tracker', '--enhance-schema')).stdout).toBe(
      'The tracking columns were added to people.csv.\n',
    );
    expect(await readFile('people.csv', 'utf8')).toContain(
      '1,A,a@x,T,https://youtu.be/dQw4w9WgXcQ,,pending,,,,,,,\r\n',
    );
    const before = await hashOf('people.csv');
    expect(await jsonOf('csv-tracker', '--enhance-schema', '--csv-path', 'people.csv')).toEqual({
      added: false,
    });
    expect(await hashOf('people.csv')).toBe(before);
  });

  it('resets one download of a row, or both, and says 4 for a row that is not there', async () => {
    await situation('failed-rows');
    expect((await at('csv-tracker', '--reset-status', '003', '--reset-type', 'drive')).code).toBe(0);
    expect(await rowOf('people.csv', '003')).toMatchObject({
      youtube_status: 'failed',
      drive_status: 'pending',
    });
    expect((await at('csv-tracker', '--reset-status', '001')).code).toBe(0);
    expect(await rowOf('people.csv', '001')).toMatchObject({
      youtube_status: 'pending',
      drive_status: 'pending',
    });
    const unknown = await at('csv-tracker', '--reset-status', 'nobody');
    expect(unknown).toMatchObject({ code: 4, stdout: '0 rows are pending again.\n' });
    expect(unknown.stderr).toBe('warning: people.csv has no row nobody\n');
  });

  it('does several things in a fixed order: first what changes, then what shows', async () => {
    await situation('failed-rows');
    const words = [
      'csv-tracker',
      '--failed',
      '--status',
      '--reset-status',
      '003',
      '--csv-path',
      'people.csv',
    ];
    const answer = await jsonOf(...words);
    expect(Object.keys(answer as object)).toEqual(['reset_status', 'status', 'failed']);
    expect(answer).toMatchObject({
      reset_status: { reset: ['003'], unknown: [] },
      status: { youtube: { pending: 2, failed: 1 }, drive: { pending: 1, failed: 1 } },
      failed: [{ row_id: '004' }, { row_id: '005' }],
    });
  });
});

describe('monitoring', () => {
  it('ends with 4 only where --alerts finds one', async () => {
    await situation('failed-rows');
    expect((await at('monitoring', '--status')).code).toBe(0);
    expect((await at('monitoring', '--report')).code).toBe(0);
    expect((await at('monitoring', '--alerts')).code).toBe(4);
    await situation('empty-csv');
    expect((await at('monitoring', '--alerts')).code).toBe(0);
  });

  it('lists each failed download only when details are asked for', async () => {
    await situation('failed-rows');
    const words = ['monitoring', '--report', '--csv-path', 'people.csv'];
    expect(await jsonOf(...words)).not.toHaveProperty('failed_downloads');
    expect(await jsonOf(...words, '--detailed')).toMatchObject({
      metrics: { failed_downloads: 4, success_rate: 1 / 3 },
      failed_downloads: [{ row_id: '003' }, { row_id: '003' }, { row_id: '004' }, { row_id: '005' }],
    });
  });
});

describe('error-handling', () => {
  it('says what is wrong with this machine, with the step that mends it, and ends with 4', async () => {
    process.chdir(await tempFolder());
    const env = { ...process.env, ROWTRAIL_DRIVE_DIR: '/dev/null' };
    const { code, stdout } = await screen(['error-handling', '--validate-environment'], { env });
    expect(code).toBe(4);
    expect(stdout).toMatch(/^(error|critical) +folder \/dev\/null: .*\n +Make \/dev\/null writable/m);
    const answer = await screen(['error-handling', '--validate-environment', '--json'], { env });
    expect(JSON.parse(answer.stdout)).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('/dev/null') as string }),
    );
    expect((await screen(['error-handling', '--validate-environment'], { env: process.env })).code).toBe(0);
  });

  it('finds everything that is wrong with a CSV, each with its place, and ends with 4', async () => {
    process.chdir(await tempFolder());
    await writeFile('people.csv', `${HEADER}\n1,A,a@x,,,\n1,B,b@x,T,,\n`);
    const { code, stdout } = await screen(['error-handling', '--validate-csv', 'people.csv']);
    expect(code).toBe(4);
    expect(stdout).toContain('people.csv:2:4:');
    expect(stdout).toContain('people.csv:3:1:');
    expect(await jsonOf('error-handling', '--validate-csv', 'people.csv')).toMatchObject([
      { file_path: 'people.csv', line: 2, column: 4, severity: 'error' },
      { line: 3, column: 1 },
    ]);
    expect(await jsonOf('error-handling', '--validate-csv', 'none.csv')).toMatchObject([
      { cause: 'file_missing' },
    ]);
  });

  it('says of a sound CSV that nothing is wrong, and of a short row that it is no problem', async () => {
    process.chdir(await tempFolder());
    await writeFile('people.csv', `${HEADER}\n1,A,a@x,T,,\n`);
    const sound = await screen(['error-handling', '--validate-csv', 'people.csv']);
    expect(sound).toMatchObject({ code: 0, stdout: 'people.csv: nothing is wrong.\n' });
    await writeFile('people.csv', `${HEADER}\n1,A,a@x,T\n`);
    const short = await screen(['error-handling', '--validate-csv', 'people.csv']);
    expect(short.code).toBe(0);
    expect(short.stdout).toContain('Nothing of this keeps rowtrail from working.');
  });

  it('reads the columns that the configuration names', async () => {
    process.chdir(await tempFolder());
    await writeFile('people.csv', 'id,kind,video_url\n1,T,https://youtu.be/dQw4w9WgXcQ\n');
    await writeFile('rowtrail.config.yaml', 'columns: {row_id: id, type: kind, youtube: video_url}\n');
    expect((await screen(['error-handling', '--validate-csv', 'people.csv'])).code).toBe(0);
  });

  it('tests itself', async () => {
    const { code, stdout } = await screen(['error-handling', '--test-error-handling']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(\d+) of \1 made errors of \d+ causes are understood/);
  });
});
