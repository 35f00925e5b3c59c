import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adoptDownloads } from '../../src/index.ts';
import { lendTracker } from '../../src/tracker/index.ts';
import { runCli } from '../support/cli.ts';
import { sha256 } from './fixtures.ts';
import {
  adoptBy,
  cellsOf,
  driveFile,
  earlierKeys,
  film,
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
const LETTER = '1letter-of-ada_00';

/** What came of an adoption that is to be refused as a whole. */
async function outcomeIn(place: Place) {
  const before = await seenIn(place.old);
  const { said, result } = await adoptBy(place);
  const isSame = JSON.stringify(await seenIn(place.old)) === JSON.stringify(before);
  const { downloads } = said;
  return {
    left: reasons(said, place.old),
    downloads,
    code: result.code,
    files: await namesIn(place.youtube),
    isSame,
  };
}

/** Left alone with these reasons, and nothing changed anywhere. */
const refused = (left: Record<string, string>) => ({ left, downloads: [], code: 4, files: [], isSame: true });

describe('nothing is guessed', () => {
  it('two sidecars that claim one file', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(A) },
    ]);
    await putOwn(place.old, '001', A, await film(40), 'x.mp4');
    const text = await readFile(join(place.old, 'x_metadata.json'), 'utf8');
    await putBytes(
      join(place.old, 'y_metadata.json'),
      text.replace('"001"', '"002"').replace('T #001', 'T #002'),
    );
    expect(await outcomeIn(place)).toEqual(refused({ 'x.mp4': 'contradiction' }));
  });

  it('ids of two rows in one name, and an info file that says another one', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    await putBytes(join(place.old, `[${A}] [${B}].mp4`), await film(41));
    await putBytes(join(place.old, `Film [${A}].mp4`), await film(42));
    await putBytes(
      join(place.old, `Film [${A}].info.json`),
      JSON.stringify({ id: B, extractor_key: 'Youtube', title: 'Film' }),
    );
    expect(await outcomeIn(place)).toEqual(
      refused({ [`[${A}] [${B}].mp4`]: 'contradiction', [`Film [${A}].mp4`]: 'contradiction' }),
    );
  });

  it('two files of other bytes for one video; of the same bytes one is taken', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    await putBytes(join(place.old, `one [${A}].mp4`), await film(43));
    await putBytes(join(place.old, `two [${A}].mp4`), await film(44));
    expect(await outcomeIn(place)).toEqual(
      refused({ [`one [${A}].mp4`]: 'several_files', [`two [${A}].mp4`]: 'several_files' }),
    );
    await putBytes(join(place.old, `two [${A}].mp4`), await film(43));
    expect((await adoptBy(place)).said).toMatchObject({ left: [], downloads: [{ row_id: '001' }] });
  });

  it('a file of a row with several videos, of another person, of a row that is gone, of a link that does not have it', async () => {
    const place = await placeWith([
      { id: '001', youtube: `${video(A)} ${video(B)}` },
      { id: '002', youtube: video(A) },
      { id: '003', youtube: video(A), drive: driveFile(LETTER) },
      { id: '004', youtube: video(A) },
    ]);
    const leave = async (name: string, id: string, others = {}) => {
      await putBytes(join(place.old, `${name}.mp4`), await film(45));
      await putBytes(join(place.old, `${name}_metadata.json`), earlierKeys(id, others));
    };
    await leave('several', '001');
    await leave('another', '002', { personality_type: 'T #9' });
    await leave('either', '003');
    await leave('gone', '099');
    await leave(`not its own [${B}]`, '004');
    expect(await outcomeIn(place)).toEqual(
      refused({
        'several.mp4': 'which_medium',
        'another.mp4': 'other_person',
        'either.mp4': 'which_medium',
        'gone.mp4': 'no_such_row',
        [`not its own [${B}].mp4`]: 'not_in_link',
      }),
    );
  });

  it('bytes that are known as those of two videos', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    const away = join(place.folder, 'away');
    await putOwn(away, '001', A, await film(46));
    await putOwn(away, '002', B, await film(46));
    await adoptBy({ ...place, old: away });
    await runCli(['reset', 'people.csv', '--all'], { cwd: place.folder });
    await putBytes(join(place.old, 'which.mp4'), await film(46));
    const { said } = await adoptBy(place);
    expect(reasons(said, place.old)).toEqual({ 'which.mp4': 'contradiction' });
    expect(said.downloads).toEqual([]);
  });

  it('a file that is there already in another form is not replaced', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    await putBytes(join(place.old, `[${A}].mp4`), await film(47));
    await adoptBy(place);
    await putBytes(join(place.old, `better [${A}].mkv`), await film(48, 'mkv'));
    const kept = await seenIn(place.youtube);
    expect(reasons((await adoptBy(place)).said, place.old)).toEqual({ [`better [${A}].mkv`]: 'other_copy' });
    expect(await seenIn(place.youtube)).toEqual(kept);
  });
});

describe('bytes are looked at', () => {
  it('a web page, a cut film, an empty file, a stream alone, a wrong container, a cut download', async () => {
    const ids = Array.from({ length: 7 }, (_, n) => `look-at-it-${n}`.slice(0, 11).padEnd(11, '_'));
    const place = await placeWith([
      ...ids.map((id, n) => ({ id: `y${n}`, youtube: video(id) })),
      { id: 'd', drive: driveFile(LETTER) },
    ]);
    const whole = await film(50);
    const put = (name: string, bytes: Buffer | string) => putBytes(join(place.old, name), bytes);
    await put(`[${ids[0]}].mp4`, '<!doctype html><html><body>Sign in</body></html>');
    await put(`[${ids[1]}].mp4`, whole.subarray(0, whole.length - 2000));
    await put(`[${ids[2]}].mp4`, '');
    await put(`[${ids[3]}].f137.mp4`, whole);
    await put(`[${ids[4]}].mp4`, await film(50, 'mkv'));
    await put(`[${ids[5]}].mp4.part`, whole);
    await put(`[${ids[6]}].en.vtt`, '<html>no captions</html>');
    await put(`${LETTER}.pdf`, '<html><body>Google Drive - Quota exceeded</body></html>');
    expect(await outcomeIn(place)).toEqual(
      refused({
        [`[${ids[0]}].mp4`]: 'not_whole',
        [`[${ids[1]}].mp4`]: 'not_whole',
        [`[${ids[2]}].mp4`]: 'not_whole',
        [`[${ids[3]}].f137.mp4`]: 'unfinished',
        [`[${ids[4]}].mp4`]: 'not_whole',
        [`[${ids[5]}].mp4.part`]: 'unfinished',
        [`[${ids[6]}].en.vtt`]: 'not_whole',
        [`${LETTER}.pdf`]: 'not_whole',
      }),
    );
  });

  it('a film that is shorter than its info file says, and one whose sidecar has another hash', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    await putBytes(join(place.old, 'short.mp4'), await film(51));
    await putBytes(
      join(place.old, 'short.info.json'),
      JSON.stringify({ id: A, extractor_key: 'Youtube', duration: 600 }),
    );
    const changed = await putOwn(place.old, '002', B, await film(52));
    await writeFile(changed, await film(53));
    expect(await outcomeIn(place)).toEqual(
      refused({ 'short.mp4': 'not_whole', [`${B}.mp4`]: 'changed_since' }),
    );
  });

  it('without ffprobe a film that needs it is left alone, and an MP4 needs none', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    await putBytes(join(place.old, `[${A}].mp4`), await film(54));
    await putBytes(join(place.old, `[${B}].webm`), await film(54, 'webm'));
    const result = await runCli(['adopt', 'people.csv', 'old', '--json'], {
      cwd: place.folder,
      env: { PATH: '/nowhere' },
    });
    const said = JSON.parse(result.stdout);
    expect(said.downloads).toMatchObject([{ row_id: '001' }]);
    expect(reasons(said, place.old)).toEqual({ [`[${B}].webm`]: 'not_checked' });
    expect(result.code).toBe(4);
  });
});

describe('what is foreign', () => {
  it('sidecars and info files that are broken, huge, of wrong types, or name paths', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const put = (name: string, bytes: Buffer | string) => putBytes(join(place.old, name), bytes);
    const secret = await putBytes(join(place.folder, 'secret.mp4'), await film(55));
    const { type, name, email } = personOf('001');
    const keys = { source_csv_row_id: '001', personality_type: type, person_name: name, person_email: email };
    await put('a_metadata.json', '{"source_csv_row_id": "001", ');
    await put('b_metadata.json', '[]');
    await put('c_metadata.json', JSON.stringify({ source_csv_row_id: { $gt: '' } }));
    await put('d_metadata.json', `{"source_csv_row_id": "001", "x": "${'x'.repeat(5 << 20)}"}`);
    await put('d.mp4', await film(55));
    await put(
      'e_metadata.json',
      JSON.stringify({
        ...keys,
        format_version: 1,
        kind: 'video',
        media_id: A,
        files: [{ name: '../secret.mp4', size: (await film(55)).length, sha256: sha256(await film(55)) }],
      }),
    );
    await put('f_metadata.json', JSON.stringify({ ...keys, format_version: 99, files: [] }));
    await put('f.mp4', await film(55));
    await put('g.info.json', '{"id": ');
    await put('h.info.json', JSON.stringify({ id: ['x'], extractor_key: 'Youtube' }));
    await put(
      'i.info.json',
      JSON.stringify({ id: '../../../x', extractor_key: 'Youtube', duration: 'long', title: {} }),
    );
    await put('i.mp4', await film(55));
    await put('j.info.json', `{"id": "${A}", "x": "${'x'.repeat(33 << 20)}"}`);
    await put('j.mp4', await film(55));
    await put('k.info.json', '"'.repeat(100_000));
    await put('l_metadata.json', `${'['.repeat(200_000)}`);
    expect(await outcomeIn(place)).toEqual(
      refused({
        'a_metadata.json': 'broken_sidecar',
        'b_metadata.json': 'broken_sidecar',
        'c_metadata.json': 'broken_sidecar',
        'd.mp4': 'no_evidence',
        'f_metadata.json': 'newer_sidecar',
        'f.mp4': 'newer_sidecar',
        'g.info.json': 'broken_info',
        'h.info.json': 'broken_info',
        'i.mp4': 'no_row',
        'j.info.json': 'broken_info',
        'j.mp4': 'no_evidence',
        'k.info.json': 'broken_info',
        'l_metadata.json': 'broken_sidecar',
      }),
    );
    expect(await readFile(secret)).toEqual(await film(55));
  });

  it('names that no shell, terminal or spreadsheet would like', async () => {
    const place = await placeWith([
      { id: '001', drive: driveFile(LETTER) },
      { id: '002', youtube: video('-aaaaaaaaa-') },
    ]);
    const hostile = `-rf; $(touch pwned) '"\`\n\u001B[31m\u202E=1+1 [${LETTER}].txt`;
    await putBytes(join(place.old, hostile), 'a letter');
    await putBytes(join(place.old, '-aaaaaaaaa-.webm'), await film(56, 'webm'));
    const { said, result } = await adoptBy(place);
    expect(result.code).toBe(0);
    expect(said.left).toEqual([]);
    const [file = ''] = (await namesIn(place.drive)).filter((name) => name.endsWith('.txt'));
    expect(file).toMatch(/^_?[^\p{C}/=-][^\p{C}/]*_row001_T_num001\.txt$/u);
    expect(await namesIn(place.folder)).not.toContain('pwned');
    const { stdout } = await runCli(['adopt', 'people.csv', 'old', '--dry-run'], { cwd: place.folder });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it('symbolic links, loops, pipes and hidden folders are passed over', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const outside = await putBytes(join(place.folder, 'outside', `[${A}].mp4`), await film(57));
    await mkdir(join(place.old, 'in'), { recursive: true });
    await symlink(outside, join(place.old, `link [${A}].mp4`));
    await symlink('..', join(place.old, 'in', 'up'));
    await symlink('loop-a', join(place.old, 'loop-b'));
    await symlink('loop-b', join(place.old, 'loop-a'));
    await symlink(join(place.folder, 'outside'), join(place.old, 'folder'));
    await symlink('/etc/passwd', join(place.old, 'p_metadata.json'));
    execFileSync('mkfifo', [join(place.old, `pipe [${A}].mp4`), join(place.old, 'q_metadata.json')]);
    await putBytes(join(place.old, '.hidden', `[${A}].mp4`), await film(57));
    expect(await outcomeIn(place)).toEqual(
      refused({
        [`link [${A}].mp4`]: 'symbolic_link',
        'in/up': 'symbolic_link',
        'loop-a': 'symbolic_link',
        'loop-b': 'symbolic_link',
        folder: 'symbolic_link',
        [`pipe [${A}].mp4`]: 'not_a_file',
        'q_metadata.json': 'not_a_file',
        'p_metadata.json': 'symbolic_link',
      }),
    );
    // A link to the folder itself is followed: it was named.
    await symlink(join(place.folder, 'outside'), join(place.folder, 'named'));
    expect((await adoptBy({ ...place, old: join(place.folder, 'named') })).said.downloads).toHaveLength(1);
  });

  it('what may not be read is said, and the rest is taken', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
    ]);
    const locked = await putBytes(join(place.old, `[${A}].mp4`), await film(58));
    await putBytes(join(place.old, `[${B}].mp4`), await film(59));
    await putBytes(join(place.old, 'no', 'entry.mp4'), await film(59));
    await chmod(locked, 0o000);
    await chmod(join(place.old, 'no'), 0o000);
    onTestFinished(() => chmod(join(place.old, 'no'), 0o755));
    for (const path of [place.folder, place.csv, place.old]) await chmod(path, 0o777);
    const isRoot = process.getuid?.() === 0;
    const through = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const result = await runCli(['adopt', 'people.csv', 'old', '--json'], { cwd: place.folder, through });
    const said = JSON.parse(result.stdout);
    expect(reasons(said, place.old)).toEqual({ [`[${A}].mp4`]: 'unreadable', no: 'unreadable' });
    expect(said.downloads).toMatchObject([{ row_id: '002', status: 'completed' }]);
    expect(result.code).toBe(4);
  });

  it('a file that changes while it is read, or between reading and copying', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const path = await putBytes(join(place.old, `[${A}].mp4`), await film(60));
    await (await open(path, 'r+')).close();
    let stop = false;
    const writing = (async () => {
      const file = await open(path, 'a');
      while (!stop) {
        await file.write(Buffer.alloc(1 << 16));
        await new Promise((done) => setTimeout(done, 1));
      }
      await file.close();
    })();
    // Large enough that reading it takes longer than a write.
    await expect.poll(async () => (await stat(path)).size, { timeout: 60_000 }).toBeGreaterThan(32 << 20);
    const { said } = await adoptBy(place);
    stop = true;
    await writing;
    expect(Object.values(reasons(said, place.old))).toEqual([
      expect.stringMatching(/^(changing|not_whole)$/),
    ]);
    expect(await namesIn(place.youtube)).toEqual([]);

    // The first two looks at the clock are while files are read, the fifth after the copy was read once more: then a shared copy is
    // cut short before it is stored.
    const other = Buffer.concat([await film(61), Buffer.alloc(1)]);
    for (const look of [3, 4, 5]) {
      await putBytes(path, await film(60));
      const { left } = await adoptWhile(place, look, () => writeFileSync(path, other));
      expect(left, `at look ${look}`).toMatchObject([{ reason: 'changing' }]);
      expect(await namesIn(place.youtube)).toEqual([]);
      expect(await cellsOf(place, '001')).toMatchObject({ youtube_status: 'pending' });
    }
  });
});

/** Adopts in this process, and does something at one of its looks at the clock. */
async function adoptWhile(place: Place, look: number, deed: () => void) {
  let calls = 0;
  return adoptDownloads(place.old, place.csv, {
    youtubeDir: place.youtube,
    driveDir: place.drive,
    now: () => {
      if (++calls === look) deed();
      return new Date();
    },
  });
}

describe('where the folder is', () => {
  it('the download folder itself, one in it, and one around it', async () => {
    const place = await placeWith([
      { id: '001', youtube: video(A) },
      { id: '002', youtube: video(B) },
      { id: '003', youtube: video('ccccccccccc') },
    ]);
    await putBytes(join(place.youtube, `${A}_row001_T_num001.mp4`), await film(70));
    await putBytes(join(place.youtube, `${A}_row001_T_num001_metadata.json`), earlierKeys('001'));
    await putBytes(join(place.youtube, 'sub', `[${B}].mp4`), await film(71));
    const before = await seenIn(place.youtube);
    const first = await adoptBy({ ...place, old: place.youtube });
    expect(first.said.downloads.map(({ row_id }) => row_id)).toEqual(['001', '002']);
    const after = await seenIn(place.youtube);
    expect(after).toEqual(expect.arrayContaining(before.filter((line) => !line.startsWith('sub '))));
    expect(await adoptBy({ ...place, old: place.youtube })).toMatchObject({
      said: { downloads: [], here: 2 },
    });
    expect(await adoptBy({ ...place, old: join(place.youtube, 'sub') })).toMatchObject({
      said: { downloads: [], here: 1 },
    });
    await putBytes(join(place.folder, 'ccccccccccc.mp4'), await film(72));
    const around = await adoptBy({ ...place, old: place.folder });
    expect(around.said.downloads.map(({ row_id }) => row_id)).toEqual(['003']);
    // Files of the download folder are no leavings: none goes.
    const kept = await seenIn(place.youtube);
    await adoptBy({ ...place, old: place.folder }, ['--move']);
    const files = kept.filter(
      (line) => / 33\d+ /.test(line) && !line.includes('[') && !line.startsWith(`${A}_row001_T_num001.mp4`),
    );
    for (const line of files) expect(await seenIn(place.youtube)).toContain(line);
    expect(await runCli(['verify', 'people.csv', '--hash'], { cwd: place.folder })).toMatchObject({
      stdout: expect.not.stringMatching(/Missing|Changed/),
    });
  });

  it('on another file system it is copied', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const shm = await stat('/dev/shm').catch(() => null);
    const isOther = shm !== null && shm.dev !== (await stat(place.folder)).dev;
    const old = isOther ? await realpath(await mkdtemp('/dev/shm/rowtrail-test-')) : place.old;
    onTestFinished(() => rm(old, { recursive: true, force: true }));
    const path = await putBytes(join(old, `[${A}].mp4`), await film(73));
    expect((await adoptBy({ ...place, old })).said.downloads).toHaveLength(1);
    const stored = join(place.youtube, `${A}_row001_T_num001.mp4`);
    expect(await readFile(stored)).toEqual(await film(73));
    expect((await stat(stored)).dev === (await stat(path)).dev).toBe(!isOther);
  });

  it('no such folder, a file, a folder that is empty, and a run that works on the CSV', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    expect(await adoptBy(place)).toMatchObject({
      result: { code: 1, stderr: expect.stringMatching(/no such folder/) },
    });
    expect(await adoptBy({ ...place, old: place.csv })).toMatchObject({ result: { code: 2 } });
    await mkdir(place.old);
    expect(await adoptBy(place, ['--dry-run'])).toMatchObject({
      result: { code: 4 },
      said: { downloads: [], left: [] },
    });
    expect(await namesIn(place.folder)).toEqual(['old', 'people.csv']);
    await putBytes(join(place.old, `[${A}].mp4`), await film(74));
    await using lent = await lendTracker(place.csv);
    await mkdir(lent.tracker.place.folder, { recursive: true });
    const lock = await lent.tracker.tryRunLock();
    expect(await adoptBy(place)).toMatchObject({
      result: { code: 1, stderr: expect.stringMatching(/another rowtrail run/) },
    });
    await lock?.release();
    expect(await adoptBy(place)).toMatchObject({ result: { code: 0 } });
  });

  it('a download folder that is none, and a disk that takes no more: said, and nothing half done', async () => {
    const place = await placeWith([{ id: '001', youtube: video(A) }]);
    const rest = Buffer.alloc(4 << 20);
    rest.writeUInt32BE(rest.length, 0);
    rest.write('free', 4, 'latin1');
    await putBytes(join(place.old, `[${A}].mp4`), Buffer.concat([await film(75), rest]));
    await writeFile(place.youtube, 'a file where the folder should be');
    const none = await adoptBy(place);
    expect(none.result).toMatchObject({ code: 4, stderr: '' });
    expect(reasons(none.said, place.old)).toEqual({ [`[${A}].mp4`]: 'not_stored' });
    expect(await readFile(place.youtube, 'utf8')).toBe('a file where the folder should be');
    await rm(place.youtube);
    const before = await seenIn(place.old);
    const full = await runCli(['adopt', 'people.csv', 'old', '--no-share'], {
      cwd: place.folder,
      through: ['prlimit', `--fsize=${1 << 20}`],
    });
    expect(full.code).not.toBe(0);
    expect(full.stdout + full.stderr).toMatch(/EFBIG/);
    expect(await namesIn(place.youtube)).toEqual([]);
    expect(await cellsOf(place, '001')).toMatchObject({ youtube_status: 'pending' });
    expect(await seenIn(place.old)).toEqual(before);
    expect((await adoptBy(place)).said.downloads).toMatchObject([{ status: 'completed' }]);
  });
});
