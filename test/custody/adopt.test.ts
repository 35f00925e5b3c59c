import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet, ytDlp } from '../support/internet.ts';
import { sha256 } from './fixtures.ts';
import {
  adoptBy,
  cellsOf,
  driveFile,
  earlierKeys,
  film,
  inodeOf,
  namesIn,
  personOf,
  type Place,
  placeWith,
  putBytes,
  putOwn,
  reasons,
  seenIn,
  video,
} from './leavings.ts';

const A = 'aaaaaaaaaaa';
const B = 'bbbbbbbbbbb';
const C = 'ccccccccccc';
const LETTER = '1letter-of-ada_00';
const PDF = `%PDF-1.4\n${'1 0 obj\n<<>>\nendobj\n'.repeat(20)}%%EOF`;

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const runAgain = (place: Place, flags: readonly string[] = []) =>
  runCli(
    [
      'run',
      'people.csv',
      '--proxy',
      internet.proxyUrl,
      '--ca-cert',
      internet.caCertFile,
      '--pace',
      'off',
      '--json',
      ...flags,
    ],
    { cwd: place.folder },
  );
const asked = (from: number) =>
  internet.requests.slice(from).map(({ path, query }) => query.get('v') ?? query.get('id') ?? path);

describe('what says whose a file is', () => {
  it("a sidecar with an earlier tool's keys, whatever the file is called", async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', drive: driveFile(LETTER) },
    ]);
    await putBytes(join(place.old, 'ada.mp4'), await film(1));
    await putBytes(join(place.old, 'ada_metadata.json'), earlierKeys('001'));
    await putBytes(join(place.old, 'deep', 'er', 'letter.pdf'), PDF);
    await putBytes(join(place.old, 'deep', 'er', 'letter_metadata.json'), earlierKeys('002'));
    const before = await seenIn(place.old);
    const { result, said } = await adoptBy(place);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(said.downloads).toMatchObject([
      { row_id: '001', download_type: 'youtube', status: 'completed', missing: [] },
      { row_id: '002', download_type: 'drive', status: 'completed', missing: [] },
    ]);
    expect(await cellsOf(place, '001')).toMatchObject({
      youtube_status: 'completed',
      youtube_files: `${A}_row001_T_num001.mp4`,
      youtube_media_id: A,
      download_errors: '',
    });
    expect(await cellsOf(place, '002')).toMatchObject({
      drive_files: 'letter_row002_T_num002.pdf',
      drive_media_id: LETTER,
    });
    expect(await readFile(join(place.youtube, `${A}_row001_T_num001.mp4`))).toEqual(await film(1));
    const sidecar = JSON.parse(
      await readFile(join(place.youtube, `${A}_row001_T_num001_metadata.json`), 'utf8'),
    );
    expect(sidecar).toMatchObject({
      format_version: 1,
      source_csv_row_id: '001',
      media_id: A,
      adopted_from: 'ada.mp4',
      files: [{ sha256: sha256(await film(1)) }],
    });
    expect(await seenIn(place.old)).toEqual(before);
    expect(await namesIn(place.youtube)).not.toContain('.rowtrail-staging');
  });

  it("yt-dlp's own names and info files, as it leaves them, and its archive", async () => {
    for (const id of [A, B, C])
      internet.youtube.addVideo({ id, title: `Film ${id}`, captions: [{ lang: 'en', text: 'hello' }] });
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
      { id: '003', youtube: video(C) },
    ]);
    await putBytes(join(place.old, 'archive.txt'), `youtube ${C}\n`);
    const options = [
      '--write-info-json',
      '--write-subs',
      '--sub-langs',
      'en',
      '-f',
      'bv+ba',
      '--merge-output-format',
      'mp4',
    ];
    const left = await ytDlp(internet, {
      cwd: place.old,
      options: [...options, '--download-archive', 'archive.txt'],
      urls: [A, B].map((id) => `https://www.youtube.com/watch?v=${id}`),
    });
    expect(left).toMatchObject({ exitCode: 0 });
    const before = await seenIn(place.old);
    const { result, said } = await adoptBy(place);
    expect(said.downloads.map(({ row_id, files }) => [row_id, ...files.map(({ kind }) => kind)])).toEqual([
      ['001', 'video', 'transcript'],
      ['002', 'video', 'transcript'],
    ]);
    expect(reasons(said, place.old)).toEqual({ 'archive.txt': 'archive_only' });
    expect(result.code).toBe(0);
    expect(await cellsOf(place, '001')).toMatchObject({
      youtube_files: `${A}_row001_T_num001.mp4,${A}_row001_T_num001.en.vtt`,
    });
    const sidecar = JSON.parse(
      await readFile(join(place.youtube, `${A}_row001_T_num001_metadata.json`), 'utf8'),
    );
    expect(sidecar).toMatchObject({ title: `Film ${A}`, channel: 'Loopback Channel' });
    expect(await seenIn(place.old)).toEqual(before);

    const from = internet.requests.length;
    expect(await runAgain(place)).toMatchObject({ code: 0 });
    expect(asked(from)).toContain(C);
    for (const id of [A, B]) expect(asked(from)).not.toContain(id);
  });

  it('an id in the name: in brackets, behind a dash, alone, before the row, and ids of Drive', async () => {
    const ids = ['dQw4w9WgXc1', 'dQw4w9WgXc2', '-Qw4w9WgX_3', 'dQw4w9WgXc4'];
    const place = await placeWith([
      ...ids.map((id, n) => ({ id: `${n}`, youtube: video(id) })),
      { id: 'd', drive: `https://drive.google.com/open?id=${LETTER}` },
    ]);
    const names = [
      `Title [${ids[0]}].mp4`,
      `Title-${ids[1]}.mkv`,
      `${ids[2]}.webm`,
      `${ids[3]}_row3_of_old.mp4`,
    ];
    for (const [n, name] of names.entries())
      await putBytes(join(place.old, name), await film(10 + n, name.split('.').at(-1)));
    await putBytes(join(place.old, `letter (${LETTER}).pdf`), PDF);
    const { said, result } = await adoptBy(place);
    expect(said.left).toEqual([]);
    expect(said.downloads.map(({ row_id, status }) => `${row_id} ${status}`)).toEqual(
      ['0', '1', '2', '3', 'd'].map((id) => `${id} completed`),
    );
    expect(result.code).toBe(0);
    expect(await cellsOf(place, '1')).toMatchObject({ youtube_files: `${ids[1]}_row1_T_num1.mkv` });
  });

  it("a row's file that was lost and stands elsewhere under another name is found by its bytes", async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    await putBytes(join(place.old, `x [${A}].mp4`), await film(20));
    await adoptBy(place);
    const file = join(place.youtube, `${A}_row001_T_num001.mp4`);
    const elsewhere = join(place.folder, 'elsewhere');
    await putBytes(join(elsewhere, 'holiday.bin'), await film(20));
    await putBytes(join(elsewhere, 'same size.bin'), Buffer.alloc((await film(20)).length));
    expect((await adoptBy({ ...place, old: elsewhere })).said).toMatchObject({ downloads: [], here: 1 });
    await runCli(['reset', 'people.csv', '001'], { cwd: place.folder });
    const { said } = await adoptBy({ ...place, old: elsewhere });
    expect(said.downloads).toMatchObject([{ row_id: '001', status: 'completed' }]);
    expect(reasons(said, elsewhere)).toEqual({ 'same size.bin': 'no_evidence' });
    expect(sha256(await readFile(file))).toBe(sha256(await film(20)));
  });

  it("the folder of another rowtrail, by its sidecars' hashes, also where files were renamed", async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    await putOwn(place.old, '001', A, await film(28));
    const renamed = await putOwn(place.old, '002', B, await film(29));
    await rename(renamed, join(place.old, 'a film'));
    const { said } = await adoptBy(place);
    expect(said.downloads.map(({ row_id, status }) => [row_id, status])).toEqual([
      ['001', 'completed'],
      ['002', 'completed'],
    ]);
    expect(await namesIn(place.youtube)).toEqual(
      [`${A}_row001_T_num001`, `${B}_row002_T_num002`].flatMap((stem) => [
        `${stem}.mp4`,
        `${stem}_metadata.json`,
      ]),
    );
  });

  it('what the cells of a CSV list that an earlier tool completed gets its proof', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const { type, name, email } = personOf('001');
    await putBytes(
      place.csv,
      `row_id,name,email,type,youtube_playlist,google_drive,youtube_status,youtube_files\n001,${name},${email},${type},${video(A)},,completed,clip of ada.mp4\n`,
    );
    await putBytes(join(place.old, 'clip of ada.mp4'), await film(21));
    const { said } = await adoptBy(place);
    expect(said.downloads).toMatchObject([{ row_id: '001', status: 'completed' }]);
    expect(await cellsOf(place, '001')).toMatchObject({ youtube_files: `${A}_row001_T_num001.mp4` });
    expect((await runCli(['verify', 'people.csv', '--hash'], { cwd: place.folder })).code).toBe(0);
  });
});

describe('what follows', () => {
  it('find, why and verify know what was adopted, and no run asks for it', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A), drive: driveFile(LETTER) }]);
    await putBytes(join(place.old, `[${A}].mp4`), await film(22));
    await putBytes(join(place.old, `${LETTER}.pdf`), PDF);
    await adoptBy(place);
    const cli = (...args: string[]) => runCli(args, { cwd: place.folder });
    const found = await cli('find', join('old', `[${A}].mp4`), '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({ rows: [{ row_id: '001', download_type: 'youtube' }] });
    expect((await cli('why', 'people.csv', '001')).stdout).toMatch(/adopted, 1 file/);
    const why = JSON.parse((await cli('why', 'people.csv', '001', '--json')).stdout);
    expect(why.downloads[0].timeline).toMatchObject([
      { status: 'completed', run_id: expect.stringMatching(/^adopt-/), files: 1 },
    ]);
    expect(await cli('verify', 'people.csv', '--hash')).toMatchObject({ code: 0 });
    const from = internet.requests.length;
    expect(await runAgain(place)).toMatchObject({ code: 0 });
    expect(asked(from)).toEqual([]);
    expect(JSON.parse((await cli('status', 'people.csv', '--json')).stdout)).toMatchObject({
      youtube: { completed: 1, pending: 0 },
      drive: { completed: 1, pending: 0 },
    });
  });

  it('each row that has the link gets the video, and the bytes lie on the disk once', async () => {
    const place = await placeWith(['001', '002', '003'].map((id) => ({ id, youtube: video(A) })));
    const source = await putBytes(join(place.old, `[${A}].mp4`), await film(23));
    const { said } = await adoptBy(place);
    expect(said.downloads.map(({ row_id }) => row_id)).toEqual(['001', '002', '003']);
    const files = (await namesIn(place.youtube)).filter((name) => name.endsWith('.mp4'));
    expect(files).toHaveLength(3);
    // A reflink has an inode of its own; where the disk cannot do that, it is a hard link.
    const inodes = new Set(await Promise.all(files.map((name) => inodeOf(join(place.youtube, name)))));
    expect([1, 3]).toContain(inodes.size);
    const apart = await placeWith([{ id: '001', youtube: video(A) }]);
    await putBytes(join(apart.old, `[${A}].mp4`), await film(23));
    await adoptBy(apart, ['--no-share']);
    expect(await inodeOf(join(apart.youtube, `${A}_row001_T_num001.mp4`))).not.toBe(
      await inodeOf(join(apart.old, `[${A}].mp4`)),
    );
    expect(await readFile(source)).toEqual(await film(23));
  });

  it('a dry run says the same and does nothing; a second adoption has nothing to do', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    await putBytes(join(place.old, `[${A}].mp4`), await film(24));
    const before = await seenIn(place.folder);
    const dry = await adoptBy(place, ['--dry-run']);
    expect(dry.said).toMatchObject({
      applied: false,
      downloads: [{ row_id: '001', files: [{ path: null }] }],
    });
    expect(await seenIn(place.folder)).toEqual(before);
    const { said } = await adoptBy(place);
    expect(said.downloads.map(({ row_id, status }) => [row_id, status])).toEqual(
      dry.said.downloads.map(({ row_id, status }) => [row_id, status]),
    );
    const after = await seenIn(place.youtube);
    const csv = await readFile(place.csv);
    expect(await adoptBy(place)).toMatchObject({ result: { code: 0 }, said: { downloads: [], here: 1 } });
    expect(await seenIn(place.youtube)).toEqual(after);
    expect(await readFile(place.csv)).toEqual(csv);
  });

  it('only --move takes files out of the folder, once all their rows have them', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(A) },
    ]);
    await putBytes(join(place.old, `[${A}].mp4`), await film(25));
    await putBytes(join(place.old, 'notes.txt'), 'mine');
    await putBytes(join(place.old, `[${B}].mp4`), await film(26));
    expect((await adoptBy(place, ['--move'])).said).toMatchObject({ moved: 1 });
    expect(await namesIn(place.old)).toEqual([`[${B}].mp4`, 'notes.txt']);
    expect(sha256(await readFile(join(place.youtube, `${A}_row002_T_num002.mp4`)))).toBe(
      sha256(await film(25)),
    );
    // What an interrupted one left is recognised and goes, as long as its row's file is whole.
    await putBytes(join(place.old, 'again.mp4'), await film(25));
    expect((await adoptBy(place, ['--move'])).said).toMatchObject({ moved: 1, here: 1, downloads: [] });
    await putBytes(join(place.old, 'again.mp4'), await film(25));
    const spoiled = Buffer.from(await film(25));
    spoiled.fill(0, 100, 200);
    await putBytes(join(place.youtube, `${A}_row002_T_num002.mp4`), spoiled);
    expect((await adoptBy(place, ['--move'])).said).toMatchObject({ moved: 0 });
    expect(await namesIn(place.old)).toContain('again.mp4');
  });
});

describe('lists', () => {
  it('a playlist gets what is there, and the next run fetches the rest and only that', async () => {
    const ids = ['listmember1', 'listmember2', 'listmember3'];
    for (const id of ids) internet.youtube.addVideo({ id, captions: [{ lang: 'en', text: id }] });
    internet.youtube.addPlaylist({ id: 'PLadopted', videoIds: ids });
    const place = await placeWith([
      { id: '001', youtube: 'https://www.youtube.com/playlist?list=PLadopted' },
    ]);
    await putBytes(join(place.old, '.keep'), '');
    const options = [
      '--write-info-json',
      '-f',
      'bv+ba',
      '--merge-output-format',
      'mp4',
      '--write-subs',
      '--sub-langs',
      'en',
    ];
    const left = await ytDlp(internet, {
      cwd: place.old,
      options: [...options, '--playlist-items', '1,3'],
      urls: ['https://www.youtube.com/playlist?list=PLadopted'],
    });
    expect(left).toMatchObject({ exitCode: 0 });
    const { said } = await adoptBy(place);
    expect(said.downloads).toMatchObject([{ row_id: '001', status: 'pending', missing: null }]);
    expect(await cellsOf(place, '001')).toMatchObject({
      youtube_status: 'pending',
      youtube_media_id: `${ids[0]},${ids[2]}`,
    });
    const from = internet.requests.length;
    expect(await runAgain(place)).toMatchObject({ code: 0 });
    expect(asked(from)).toContain(ids[1]);
    for (const id of [ids[0], ids[2]]) expect(asked(from)).not.toContain(id);
    expect(await cellsOf(place, '001')).toMatchObject({
      youtube_status: 'completed',
      youtube_media_id: ids.join(','),
    });
    expect(await adoptBy(place)).toMatchObject({ said: { downloads: [] } });
    expect(await cellsOf(place, '001')).toMatchObject({ youtube_status: 'completed' });

    // As many as the list had, by yt-dlp's own count: then nothing is known to be missing.
    const whole = await placeWith([
      { id: '001', youtube: 'https://www.youtube.com/playlist?list=PLadopted' },
    ]);
    await putBytes(join(whole.old, '.keep'), '');
    await ytDlp(internet, {
      cwd: whole.old,
      options,
      urls: ['https://www.youtube.com/playlist?list=PLadopted'],
    });
    expect((await adoptBy(whole)).said.downloads).toMatchObject([{ status: 'completed' }]);
  });

  it('of several videos in a cell the missing ones are named, and fetched by the next run', async () => {
    for (const id of [A, B]) internet.youtube.addVideo({ id });
    const place = await placeWith([{ id: '001', youtube: `${video(A)}|${video(B)}` }]);
    await putBytes(join(place.old, `[${B}].mp4`), await film(27));
    const { said } = await adoptBy(place);
    expect(said.downloads).toMatchObject([{ status: 'pending', missing: [A] }]);
    const from = internet.requests.length;
    await runAgain(place);
    const media = internet.requests.slice(from).filter(({ path }) => path === '/videoplayback');
    expect(media.length).toBeGreaterThan(0);
    expect(await cellsOf(place, '001')).toMatchObject({
      youtube_status: 'completed',
      youtube_media_id: `${A},${B}`,
    });
    expect(sha256(await readFile(join(place.youtube, `${B}_row001_T_num001.mp4`)))).toBe(
      sha256(await film(27)),
    );
  });
});
