import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { startTestInternet } from '../support/internet.ts';
import { desk, driveLink, HEADER, json, reach } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const folderLink = (id: string) => `https://drive.google.com/drive/folders/${id}`;

describe('a download that is completed without what is gone for good', () => {
  it('says so when it is done and when it is asked about, and names what did not come', async () => {
    const { drive } = internet;
    const children = [
      drive.addFile({ name: 'a.txt' }),
      drive.addFile({ name: 'gone.txt', behaviour: 'not-found' }),
      drive.addFile({ name: 'Poll', mediaType: 'application/vnd.google-apps.form' }),
    ];
    const folder = drive.addFolder({ name: 'F', children: children.map(({ id }) => id) });
    const row = `001,Ada,a@b.org,T,,${folderLink(folder.id)}`;
    const { rowtrail } = await desk([HEADER, row], reach(internet));
    const run = await rowtrail('run', 'people.csv');
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(
      'done   001 Drive, without 2 items that cannot be had: F_row001_T/a_row001_T.txt',
    );
    const { stdout } = await rowtrail('why', '001');
    expect(stdout).toContain('Next: Nothing: it is completed, without 2 items that cannot be had.');
    expect(stdout).toContain(`file ${children[1]?.id} "gone.txt": failed: There is no such file`);
    expect(stdout).toContain(`file ${children[2]?.id} "Poll": failed: A Google form is no file`);
    const told = json(await rowtrail('why', '001', '--json'));
    expect(told).toMatchObject({
      downloads: [{ items: [{ title: 'a.txt' }, { title: 'gone.txt' }, { title: 'Poll' }] }],
    });
  });

  it('is not what a download is that has everything', async () => {
    const file = internet.drive.addFile({ name: 'all.txt' });
    const { rowtrail } = await desk([HEADER, `001,Ada,a@b.org,T,,${driveLink(file.id)}`], reach(internet));
    expect((await rowtrail('run', 'people.csv')).stderr).toContain('done   001 Drive: all_row001_T.txt');
    expect((await rowtrail('why', '001')).stdout).toContain('Next: Nothing: it is completed.\n');
  });
});
