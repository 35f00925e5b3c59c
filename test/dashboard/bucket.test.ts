import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RowDetail } from '../../src/dashboard/contract.ts';
import type { Internet } from '../../src/demo/internet/index.ts';
import { desk, driveLink, HEADER, reach } from '../cli/fixtures.ts';
import { BUCKET, newBucket } from '../files/bucket/fixtures.ts';
import { startTestInternet } from '../support/internet.ts';
import { startServe } from './fixtures.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
  internet.drive.addFile({ id: 'dashboardbucket0', name: 'notes.txt', body: 'what was said, in a file\n' });
});
afterAll(() => internet.close());

it('files in a bucket are shown and sent, also in parts, and nothing else of the storage', async () => {
  const { server } = await newBucket();
  const env = { ...reach(internet), ...server.env, ROWTRAIL_OUTPUT: `s3://${BUCKET}/shown` };
  const { rowtrail, folder } = await desk([HEADER, `1,P,p@x.org,T,,${driveLink('dashboardbucket0')}`], env);
  expect(await rowtrail('run', 'people.csv')).toMatchObject({ code: 0 });
  const served = await startServe(folder, { env });
  const detail = await served.json<RowDetail>('/api/row?id=1');
  const files = detail.downloads.flatMap(({ items }) => items.flatMap((item) => item.files));
  expect(files).toMatchObject([
    {
      name: 'notes_row1_T.txt',
      shownPath: `s3://${BUCKET}/shown/drive_downloads/notes_row1_T.txt`,
      bytes: 25,
      preview: 'text',
    },
  ]);
  const url = files[0]?.url ?? '';
  expect(await served.ask(url)).toMatchObject({ status: 200, body: 'what was said, in a file\n' });
  expect(await served.ask(url, { headers: { range: 'bytes=5-7' } })).toMatchObject({
    status: 206,
    body: 'was',
  });
  const kept = server.objects.get('shown/drive_downloads/notes_row1_T.txt');
  if (kept === undefined) throw new Error('it is not there');
  for (const key of [
    'secret.txt',
    'shown/other.txt',
    'shown/drive_downloads/.hidden',
    'shown/drive_downloads/a/.b/c',
  ])
    server.objects.set(key, kept);
  for (const path of [
    `s3://${BUCKET}/secret.txt`,
    `s3://${BUCKET}/shown/other.txt`,
    `s3://${BUCKET}/shown/drive_downloads/../other.txt`,
    `s3://${BUCKET}/shown/drive_downloads/.hidden`,
    `s3://${BUCKET}/shown/drive_downloads/a/.b/c`,
    `s3://another-bucket/shown/drive_downloads/notes_row1_T.txt`,
    `s3://${BUCKET}/shown/drive_downloads/none.txt`,
  ])
    expect((await served.ask(`/api/file?path=${encodeURIComponent(path)}`)).status).toBe(404);
  await server.close();
  expect((await served.ask(url)).status).toBe(404);
});
