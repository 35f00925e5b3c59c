import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/cli/settings/load-settings.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { readCells } from '../tracker/fixtures.ts';
import { desk, driveLink, HEADER, json, reach } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const configured = async (yaml: string) => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'rowtrail.config.yaml'), yaml);
  return folder;
};

describe('the settings in force', () => {
  it('are flags over the environment over the file', async () => {
    const folder = await configured('max_drive: 1\nmax_youtube: 1\nmax_wait: 1h\nresolution: 480p\n');
    const { settings, warnings } = await loadSettings(
      { max_drive: '3' },
      { ROWTRAIL_MAX_DRIVE: '2', ROWTRAIL_MAX_YOUTUBE: '2', OTHER: 'x' },
      folder,
    );
    expect(settings).toEqual({ max_drive: 3, max_youtube: 2, max_wait: 3_600_000, resolution: 480 });
    expect(warnings).toEqual([]);
  });

  it('take a value that is left empty as one that is not set', async () => {
    const folder = await configured('max_drive:\nmax_youtube: 5\n');
    const { settings } = await loadSettings({}, { ROWTRAIL_MAX_YOUTUBE: '' }, folder);
    expect(settings).toEqual({ max_youtube: 5 });
  });

  it('know switches by words, in the environment too', async () => {
    const folder = await configured('skip_drive: true\n');
    const { settings } = await loadSettings({}, { ROWTRAIL_INCLUDE_FAILED: 'no' }, folder);
    expect(settings).toEqual({ skip_drive: true, include_failed: false });
  });

  it('warn of a variable that means nothing, and leave those of the tools alone', async () => {
    const { warnings } = await loadSettings(
      {},
      { ROWTRAIL_MAX_YUOTUBE: '1', ROWTRAIL_YT_DLP: '/opt/yt-dlp', ROWTRAIL_FFMPEG: '/opt/ffmpeg' },
      await tempFolder(),
    );
    expect(warnings).toEqual([
      'the environment variable ROWTRAIL_MAX_YUOTUBE means nothing to rowtrail; did you mean ROWTRAIL_MAX_YOUTUBE?',
    ]);
  });
});

describe('alerts', () => {
  it('come from the file, their duration in seconds, and the secret from the environment only', async () => {
    const folder = await configured(
      "alerts:\n  - {name: slow, metric: error_rate, comparison: '>=', threshold: 0.5, duration: 10m, severity: critical}\nalert_command: [notify-send, rowtrail]\n",
    );
    const { settings } = await loadSettings({}, { ROWTRAIL_ALERT_SECRET: 'hunter2' }, folder);
    expect(settings).toEqual({
      alerts: [
        {
          ...{ name: 'slow', metric: 'error_rate', comparison: '>=', threshold: 0.5 },
          ...{ duration: 600, severity: 'critical' },
        },
      ],
      alert_command: ['notify-send', 'rowtrail'],
      alert_secret: 'hunter2',
    });
  });

  it('have no variable of their own, and a flag of their name is no setting', async () => {
    const folder = await tempFolder();
    const { settings, warnings } = await loadSettings({ alerts: true }, { ROWTRAIL_ALERTS: 'x' }, folder);
    expect(settings).toEqual({});
    expect(warnings[0]).toContain('ROWTRAIL_ALERTS means nothing to rowtrail');
  });
});

describe('a value that is wrong is named with its flag', () => {
  it.for<[string, string, string]>([
    ['max_drive', '1.5', '--max-drive "1.5": expected a whole number'],
    ['max_drive', '-1', '--max-drive "-1": expected a whole number'],
    ['max_drive', '', '--max-drive "": expected a whole number'],
    ['concurrency', '0', '--concurrency "0": expected a whole number from 1 to 64'],
    ['retry_attempts', '0', '--retry-attempts "0": expected a whole number from 1 up'],
    ['format', 'avi', '--format "avi": expected mp4, mkv, webm, m4a or mp3'],
    ['resolution', 'big', '--resolution "big": expected a height such as 720'],
    ['max_wait', 'soon', '--max-wait "soon": expected a time such as 90s, 10m or 1h'],
    ['pace', 'fast', '--pace "fast": expected polite, off or a time such as 2s'],
    ['youtube_dir', '', '--youtube-dir "": it is empty'],
    ['proxy', 'socks5://me:hunter2@proxy', '--proxy: expected an address such as http://proxy:3128'],
  ])('%s %j', async ([name, value, sentence]) => {
    const load = loadSettings({ [name]: value }, {}, await tempFolder());
    await expect(load).rejects.toMatchObject({ code: 'usage', message: sentence });
  });

  it('or with its variable', async () => {
    const load = loadSettings({}, { ROWTRAIL_SKIP_DRIVE: 'perhaps' }, await tempFolder());
    await expect(load).rejects.toThrow('ROWTRAIL_SKIP_DRIVE "perhaps": expected true or false');
  });
});

describe('a configuration file that is wrong is refused with the place of the mistake', () => {
  it.for<[string, string | RegExp]>([
    [
      '# mine\n\nmax_yuotube: 3\n',
      'rowtrail.config.yaml:3:1: max_yuotube: there is no such setting, did you mean max_youtube?',
    ],
    ['haircut: 1\n', 'rowtrail.config.yaml:1:1: haircut: there is no such setting; there are csv,'],
    [
      'columns:\n  name: who\n  yuotube: x\n',
      'rowtrail.config.yaml:3:3: columns.yuotube: there is no such setting, did you mean youtube?',
    ],
    [
      'columns: {haircut: x}\n',
      'rowtrail.config.yaml:1:11: columns.haircut: there is no such setting; there are row_id,',
    ],
    [
      'csv: x.csv\nmax_drive:   lots\n',
      'rowtrail.config.yaml:2:14: max_drive "lots": expected a whole number',
    ],
    ['columns: id\n', 'rowtrail.config.yaml:1:10: columns "id": expected names such as {row_id: id'],
    ['alerts: often\n', 'rowtrail.config.yaml:1:9: alerts "often": expected a list of alerts such as'],
    [
      "alerts:\n  - name: mine\n    metric: eror_rate\n    comparison: '>'\n    threshold: 1\n",
      'rowtrail.config.yaml:2:5: alerts[0]: alert mine: there is no metric "eror_rate", did you mean errorRate?',
    ],
    [
      "alerts:\n  - {name: a, metric: error_rate, comparison: '>', threshold: 1}\n  - {name: b, metric: error_rate, comparision: '>', threshold: 1}\n",
      'rowtrail.config.yaml:3:35: alerts[1].comparision: there is no such setting, did you mean comparison?',
    ],
    [
      "alerts:\n  - {name: b, metric: error_rate, comparison: '>', threshold: much}\n",
      'rowtrail.config.yaml:2:63: alerts[0].threshold "much": expected a number',
    ],
    [
      "alerts:\n  - {name: b, metric: error_rate, comparison: '>', threshold: 1, duration: long}\n",
      'alerts[0].duration "long": expected a time such as 90s, 10m or 1h',
    ],
    [
      'alert_webhook: ftp://user:hunter2@example.org/\n',
      'rowtrail.config.yaml:1:16: alert_webhook: expected an address such as https://example.org/hook',
    ],
    ['alert_command: []\n', 'rowtrail.config.yaml:1:16: alert_command: it is empty'],
    [
      'alert_secret: hunter2\n',
      'rowtrail.config.yaml:1:1: alert_secret: a secret is no setting for this file; put it into the environment as ROWTRAIL_ALERT_SECRET',
    ],
    ['a: 1\na: 2\n', /rowtrail\.config\.yaml:2:1: not valid YAML: Map keys must be unique/],
    ['a: [1\nb: 2\n', /rowtrail\.config\.yaml:\d+:\d+: not valid YAML: /],
    ['- one\n', 'rowtrail.config.yaml: expected lines such as `max_youtube: 20`'],
  ])('%j', async ([yaml, sentence]) => {
    const folder = await configured(yaml);
    await expect(loadSettings({}, {}, folder)).rejects.toThrow(sentence);
    await expect(loadSettings({}, {}, folder)).rejects.toMatchObject({ code: 'usage' });
  });

  it('a folder of that name', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'rowtrail.config.yaml'));
    const { code, stderr } = await runCli(['status', 'people.csv'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('rowtrail.config.yaml: the settings cannot be read');
  });
});

it('an unknown ROWTRAIL_ name is a warning on stderr, and the command goes on', async () => {
  const { rowtrail } = await desk([HEADER, '1,A,a@x,T,,'], { ROWTRAIL_COLOUR: 'no' });
  const result = await rowtrail('status', 'people.csv', '--json');
  expect(result.code).toBe(0);
  expect(json(result)).toMatchObject({ total_rows: 1 });
  expect(result.stderr).toBe('warning: the environment variable ROWTRAIL_COLOUR means nothing to rowtrail\n');
});

it('other column names, the CSV and the folders of the file hold for run, status, plan, pending, failed and reset', async () => {
  internet.drive.addFile({ id: 'mapped-file-1', name: 'one.txt', body: 'one' });
  const { folder, csv, rowtrail } = await desk(
    [
      'id,who,kind,video_url,papers',
      `1,Ada,T,,${driveLink('mapped-file-1')}`,
      '2,Bob,T,https://example.org/x,',
    ],
    reach(internet),
  );
  await writeFile(
    join(folder, 'rowtrail.config.yaml'),
    'csv: people.csv\ndrive_dir: from-drive\ncolumns: {row_id: id, name: who, type: kind, youtube: video_url, drive: papers}\n',
  );

  expect(json(await rowtrail('plan', '--json'))).toMatchObject({
    drive: { to_fetch: 1 },
    youtube: { malformed: 1 },
  });
  expect((await rowtrail('run')).code).toBe(3);
  expect((await readCells(csv))[0]).toMatchObject({ drive_status: 'completed', youtube_status: '' });
  expect(await readdir(join(folder, 'from-drive'))).toContain('one_row1_T.txt');
  expect(json(await rowtrail('status', '--json'))).toMatchObject({
    drive: { completed: 1 },
    youtube: { failed: 1 },
  });
  expect(json(await rowtrail('failed', '--json'))).toMatchObject([{ row_id: '2', name: 'Bob' }]);
  expect((await rowtrail('reset', '2')).code).toBe(0);
  expect(json(await rowtrail('pending', '--json'))).toMatchObject([{ row_id: '2', name: 'Bob', type: 'T' }]);
});
