import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DriveFile } from '../../../src/demo/internet/index.ts';
import { STAGING_FOLDER } from '../../../src/files/index.ts';
import { RowContext } from '../../../src/row/index.ts';
import { downloadDriveWithContext } from '../../../src/sources/drive/index.ts';
import type { TransferProgress } from '../../../src/sources/source.ts';
import { causesOf, driveDesk, fileLink } from './fixtures.ts';

const row = new RowContext({
  rowId: '007',
  rowIndex: 4,
  type: 'FF-Fi/Se-CP/B(S) #4',
  name: 'Ada',
  email: 'a@b.org',
});
const SUFFIX = '_row007_FF-Fi-Se-CP-BS_num4';

const desk = await driveDesk(row);
const { internet, network, download } = desk;

const bytesOf = ({ body }: DriveFile) => body.slice(0, body.size);
const big = (seed: string) => ({ size: 3_000_000, seed });

/** The parts of transfers that wait for the next attempt. */
async function partsLeft(): Promise<number[]> {
  const names = await readdir(join(desk.folder, STAGING_FOLDER), { recursive: true }).catch(() => []);
  const parts = names.filter((name) => name.endsWith('.part'));
  return Promise.all(parts.map(async (name) => (await stat(join(desk.folder, STAGING_FOLDER, name))).size));
}

function requestsFor(file: DriveFile) {
  return internet.requests.filter(({ query, path }) => query.get('id') === file.id || path.includes(file.id));
}

describe('a Drive file', () => {
  it.each(['none', 'right'] as const)(
    'is stored whole with its sidecar, with checksums: %s',
    async (checksums) => {
      const file = internet.drive.addFile({ name: 'Fotos été.bin', body: big(checksums), checksums });
      const result = await download(fileLink(file));
      const name = `Fotos été${SUFFIX}.bin`;
      expect(result).toMatchObject({
        success: true,
        filesDownloaded: [name],
        mediaId: file.id,
        errorMessage: null,
        metadataFile: `Fotos été${SUFFIX}_metadata.json`,
        downloadType: 'drive',
      });
      expect((await desk.bytes(name)).equals(bytesOf(file))).toBe(true);
      const sidecar = JSON.parse((await desk.bytes(result.metadataFile ?? '')).toString());
      expect(sidecar).toMatchObject({
        source_csv_row_id: '007',
        personality_type: 'FF-Fi/Se-CP/B(S) #4',
        media_id: file.id,
        title: 'Fotos été.bin',
        files: [{ name, size: 3_000_000, sha256: createHash('sha256').update(bytesOf(file)).digest('hex') }],
      });
      expect(await readdir(desk.folder)).toHaveLength(2);
    },
  );

  it.each([
    (id: string) => `https://drive.google.com/uc?id=${id}&export=download`,
    (id: string) => `https://drive.google.com/open?id=${id}`,
    (id: string) => `drive.google.com/file/u/0/d/${id}/edit`,
    (id: string) => `https://drive.usercontent.google.com/download?id=${id}`,
    (id: string) =>
      `https://accounts.google.com/ServiceLogin?continue=${encodeURIComponent(`https://drive.google.com/open?id=${id}`)}`,
  ])('comes by every form of link (%#)', async (link) => {
    const file = internet.drive.addFile({ name: 'note.txt', body: 'hello' });
    expect(await download(link(file.id))).toMatchObject({
      success: true,
      filesDownloaded: [`note${SUFFIX}.txt`],
    });
  });

  it('comes from behind the page of the virus scan', async () => {
    const file = internet.drive.addFile({ name: 'big.bin', body: big('v'), behaviour: 'virus' });
    const result = await download(fileLink(file));
    expect(result.success).toBe(true);
    expect((await desk.bytes(`big${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
  });

  it('comes with the resource key of its link, and not without', async () => {
    const file = internet.drive.addFile({ name: 'old.txt', resourceKey: '0-AbC', behaviour: 'virus' });
    expect(causesOf(await download(`${fileLink(file)}?resourcekey=0-AbC`))).toEqual([null]);
    file.behaviour = 'ok';
    expect(causesOf(await download(fileLink(file)))).toEqual(['not_shared']);
  });

  it('may be HTML when it is sent as an attachment', async () => {
    const page = '<!doctype html><title>My page</title>';
    const file = internet.drive.addFile({ name: 'page.html', body: page, mediaType: 'text/html' });
    expect(await download(fileLink(file))).toMatchObject({
      success: true,
      filesDownloaded: [`page${SUFFIX}.html`],
    });
  });

  it('gets its extension from its content when its name has none', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const file = internet.drive.addFile({ name: 'scan', body: png });
    expect((await download(fileLink(file))).filesDownloaded).toEqual([`scan${SUFFIX}.png`]);
  });

  it('never leaves the folder, whatever its name', async () => {
    const file = internet.drive.addFile({ name: '../../=evil,\u202Efdp\n.exe', body: 'x' });
    const { filesDownloaded } = await download(fileLink(file));
    expect(filesDownloaded).toHaveLength(1);
    expect(await desk.visible()).toContain(filesDownloaded[0]);
    expect(filesDownloaded[0]).not.toMatch(/[/\\,\n\u202E]|^[.=]/);
  });

  it('takes the name that is asked for, and leaves no sidecar where none is wanted', async () => {
    const file = internet.drive.addFile({ name: 'theirs.txt', body: 'x' });
    const result = await download(fileLink(file), { filename: 'mine', metadata: false });
    expect(result).toMatchObject({ filesDownloaded: [`mine${SUFFIX}.txt`], metadataFile: null });
    expect(await readdir(desk.folder)).toEqual([`mine${SUFFIX}.txt`]);
  });

  it('may come without a length, in chunks', async () => {
    const file = internet.drive.addFile({ name: 'c.bin', body: big('c'), chunked: true });
    expect((await download(fileLink(file))).success).toBe(true);
    expect((await desk.bytes(`c${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
  });

  it.each([
    ['document', 'docx'],
    ['spreadsheet', 'xlsx'],
    ['presentation', 'pptx'],
  ])('that is a Google %s is exported as %s', async (kind, extension) => {
    const mediaType = `application/vnd.google-apps.${kind}`;
    const file = internet.drive.addFile({ name: 'Plan', body: 'words', mediaType });
    const link = `https://docs.google.com/${kind === 'spreadsheet' ? 'spreadsheets' : kind}/d/${file.id}/edit`;
    expect((await download(link)).filesDownloaded).toEqual([`Plan${SUFFIX}.${extension}`]);
    const other = await download(`https://drive.google.com/open?id=${file.id}`);
    expect(other.filesDownloaded).toEqual([`Plan${SUFFIX}.${extension}`]);
  });

  it('tells how far it is', async () => {
    const file = internet.drive.addFile({
      body: { size: 400_000, seed: 'p' },
      faults: { download: { bytesPerSecond: 400_000 } },
    });
    const seen: TransferProgress[] = [];
    const began = performance.now();
    await download(fileLink(file), { onProgress: (progress) => seen.push(progress) });
    const seconds = (performance.now() - began) / 1000;
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.length).toBeLessThan(4 * seconds + 3);
    expect(seen.at(-1)).toMatchObject({
      rowId: '007',
      downloadType: 'drive',
      label: file.id,
      receivedBytes: 400_000,
      totalBytes: 400_000,
    });
    expect(seen.at(-1)?.bytesPerSecond).toBeGreaterThan(100_000 / seconds);
  });
});

describe('a call without a type checker', () => {
  it('takes null as left out, in options and as the link, and the bare fields of a row', async () => {
    const file = internet.drive.addFile({ name: 'note.txt', body: 'hello' });
    const nothing = { filename: null, metadata: null, exportFormats: null } as unknown as object;
    const options = { outputDir: desk.folder, network, ...nothing };
    const bare = await downloadDriveWithContext(fileLink(file), { ...row } as RowContext, options);
    expect(bare).toMatchObject({ success: true, filesDownloaded: [`note${SUFFIX}.txt`] });
    expect(bare.metadataFile).toBe(`note${SUFFIX}_metadata.json`);
    expect(causesOf(await download(null as unknown as string))).toEqual(['malformed_link']);
    const whole = await downloadDriveWithContext('', row, null as unknown as object);
    expect(causesOf(whole)).toEqual(['malformed_link']);
  });
});

describe('several files', () => {
  it('of one cell come in order, and one that is gone does not stop the others', async () => {
    const [a, b] = [internet.drive.addFile({ name: 'a.txt' }), internet.drive.addFile({ name: 'b.txt' })];
    const gone = { id: 'gone0123456789' };
    const result = await download([a, gone, b, a].map(fileLink).join(' | '));
    expect(result).toMatchObject({
      success: true,
      mediaId: `${a.id},${b.id}`,
      errorMessage: expect.stringContaining('no such file'),
    });
    expect(result.filesDownloaded).toEqual([`a${SUFFIX}.txt`, `b${SUFFIX}.txt`]);
    expect(causesOf(result)).toEqual([null, 'not_found', null]);
    expect(result.items?.map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  it('of one name get two names', async () => {
    const [a, b] = [
      internet.drive.addFile({ name: 'same.txt', body: 'a' }),
      internet.drive.addFile({ name: 'same.txt', body: 'b' }),
    ];
    const result = await download(`${fileLink(a)}|${fileLink(b)}`);
    expect(result.filesDownloaded).toEqual([`same${SUFFIX}.txt`, `same${SUFFIX}~2.txt`]);
    expect((await desk.bytes(`same${SUFFIX}~2.txt`)).toString()).toBe('b');
  });

  it('of a folder come with those of the folders inside it, also when these loop', async () => {
    const { drive } = internet;
    const [a, b] = [drive.addFile({ name: 'a.txt' }), drive.addFile({ name: 'b.txt' })];
    const doc = drive.addFile({ name: 'Doc', mediaType: 'application/vnd.google-apps.document' });
    const inner = drive.addFolder({ name: 'In/ner', children: [b.id] });
    const outer = drive.addFolder({ name: 'Photos', children: [a.id, inner.id, doc.id] });
    inner.children = [b.id, outer.id, a.id];
    for (const link of [
      `https://drive.google.com/drive/folders/${outer.id}`,
      `https://drive.google.com/open?id=${outer.id}`,
    ]) {
      const result = await download(link);
      expect(result).toMatchObject({ success: true, mediaId: `${a.id},${b.id},${doc.id}` });
      const folder = `Photos${SUFFIX}`;
      expect(result.filesDownloaded).toEqual([
        `${folder}/a${SUFFIX}.txt`,
        `${folder}/In_ner/b${SUFFIX}.txt`,
        `${folder}/Doc${SUFFIX}.docx`,
      ]);
      expect(result.metadataFile).toBe(`${folder}/a${SUFFIX}_metadata.json`);
      for (const path of result.filesDownloaded) expect(existsSync(join(desk.folder, path))).toBe(true);
    }
  });

  it('of a folder that is not shared fail as one', async () => {
    const folder = internet.drive.addFolder({ behaviour: 'sign-in' });
    const result = await download(`https://drive.google.com/drive/folders/${folder.id}`);
    expect(result).toMatchObject({ success: false, permanentFailure: true });
    expect(result.items).toEqual([
      expect.objectContaining({
        mediaId: folder.id,
        failure: expect.objectContaining({ cause: 'not_shared' }),
      }),
    ]);
  });

  it('that earlier attempts brought are not fetched again', async () => {
    const [a, b] = [internet.drive.addFile({ name: 'a.txt' }), internet.drive.addFile({ name: 'b.txt' })];
    const result = await download(`${fileLink(a)}|https://drive.google.com/open?id=${b.id}`, {
      done: [{ kind: 'file', mediaId: b.id }],
    });
    expect(result).toMatchObject({ success: true, mediaId: a.id });
    expect(requestsFor(b)).toEqual([]);
  });

  it('are left alone once the host refuses us', async () => {
    const [a, b] = [internet.drive.addFile(), internet.drive.addFile()];
    a.faults = { download: { status: 429, retryAfter: 90 } };
    const result = await download(`${fileLink(a)}|${fileLink(b)}`);
    expect(causesOf(result)).toEqual(['too_many_requests', 'too_many_requests']);
    expect(requestsFor(b)).toEqual([]);
    const wait = Date.parse(result.items?.[0]?.failure?.notBefore ?? '') - Date.now();
    expect(wait).toBeGreaterThan(60_000);
    expect(wait).toBeLessThanOrEqual(90_000);
  });
});

describe('a failure', () => {
  it.each([
    ['quota', 'quota_exceeded'],
    ['quota-403', 'quota_exceeded'],
    ['bot-block', 'too_many_requests'],
    ['sign-in', 'not_shared'],
    ['not-found', 'not_found'],
    ['cannot-download', 'download_disabled'],
    ['html', 'unexpected_page'],
  ] as const)('of behaviour %s is %s, and no page is ever kept', async (behaviour, cause) => {
    const file = internet.drive.addFile({ name: 'x.mp4', mediaType: 'video/mp4', behaviour });
    const result = await download(fileLink(file));
    expect(causesOf(result)).toEqual([cause]);
    expect(result).toMatchObject({ success: false, filesDownloaded: [], mediaId: null });
    expect(await readdir(desk.folder)).toEqual([]);
  });

  it('of quota names a day', async () => {
    const result = await download(fileLink(internet.drive.addFile({ behaviour: 'quota' })));
    const hours = (Date.parse(result.items?.[0]?.failure?.notBefore ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    expect(result.permanentFailure).toBe(false);
  });

  it.each([
    ['server_error', { status: 500 }],
    ['server_error', { status: 503 }],
    ['too_many_requests', { status: 503, retryAfter: 30 }],
    ['too_many_requests', { status: 403, retryAfter: 30 }],
    ['too_many_requests', { status: 403, reason: 'userRateLimitExceeded' }],
    ['quota_exceeded', { status: 403, reason: 'downloadQuotaExceeded' }],
    ['download_disabled', { status: 403, reason: 'cannotDownloadFile' }],
  ])('is %s for %o', async (cause, fault) => {
    expect(
      causesOf(await download(fileLink(internet.drive.addFile({ faults: { download: fault } })))),
    ).toEqual([cause]);
  });

  it('is an unexpected page when HTML comes under the name of a video', async () => {
    const body = '\n<!-- x --><HTML><body>Error</body></HTML>';
    const file = internet.drive.addFile({ name: 'clip.mp4', mediaType: 'video/mp4', body });
    expect(causesOf(await download(fileLink(file)))).toEqual(['unexpected_page']);
    expect(await readdir(desk.folder)).toEqual([]);
  });

  it('is a short body when nothing comes at all', async () => {
    const file = internet.drive.addFile({ body: '' });
    expect(causesOf(await download(fileLink(file)))).toEqual(['short_body']);
    expect(await readdir(desk.folder)).toEqual([]);
  });

  it('is a short body when less comes than was promised', async () => {
    const file = internet.drive.addFile({ body: 'twenty bytes of text', excessLength: 100 });
    expect(causesOf(await download(fileLink(file)))).toEqual(['short_body']);
    expect(await desk.visible()).toEqual([]);
  });

  it('is a hash mismatch when the bytes are wrong twice, and none of them stay', async () => {
    const file = internet.drive.addFile({ body: 'x'.repeat(1000), checksums: 'wrong' });
    const before = internet.requests.length;
    const result = await download(fileLink(file));
    expect(causesOf(result)).toEqual(['hash_mismatch']);
    expect(
      internet.requests.slice(before).filter(({ host }) => host === 'drive.usercontent.google.com'),
    ).toHaveLength(2);
    expect(await readdir(desk.folder)).toEqual([]);
  });

  it.each(['file:///etc/passwd', 'https://example.org/file/d/0123456789ab/view', '--exec'])(
    'of the link %s contacts nobody and leaves nothing',
    async (link) => {
      const before = internet.requests.length;
      const result = await download(link);
      expect(result).toMatchObject({ success: false, permanentFailure: true, mediaId: null });
      expect(result.errorMessage).toContain(link);
      expect(internet.requests.length).toBe(before);
      expect(await readdir(desk.folder)).toEqual([]);
    },
  );

  it('is one of trust when the CA is not known, and of the proxy when that is not there', async () => {
    const link = fileLink(internet.drive.addFile());
    expect(causesOf(await download(link, { network: { ...network, caCertFile: null } }))).toEqual([
      'tls_failed',
    ]);
    expect(causesOf(await download(link, { network: { ...network, proxy: 'http://127.0.0.1:9' } }))).toEqual([
      'proxy_refused',
    ]);
    const unreadable = { ...network, caCertFile: join(desk.folder, 'missing.pem') };
    expect(causesOf(await download(link, { network: unreadable }))).toEqual(['tls_failed']);
  });

  it('is one of the disk when the folder cannot be written to', async () => {
    await writeFile(join(desk.folder, 'file'), '');
    const result = await download(fileLink(internet.drive.addFile()), {
      outputDir: join(desk.folder, 'file'),
    });
    expect(result.success).toBe(false);
    expect(causesOf(result)).toEqual(['access_denied']);
  });
});

/** That no request after the first `before` ones asked for the file's beginning, which was there. */
function expectContinued(file: DriveFile, before: number): void {
  const ranges = requestsFor(file)
    .slice(before)
    .map(({ headers }) => headers.range);
  expect(ranges.length).toBeGreaterThan(0);
  for (const range of ranges) expect(Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1])).toBeGreaterThan(0);
}

describe('a transfer that is cut', () => {
  it.each(['ok', 'virus'] as const)('goes on where it stopped, for a file that is %s', async (behaviour) => {
    const file = internet.drive.addFile({ name: 'cut.bin', body: big('cut'), behaviour, checksums: 'right' });
    file.faults = { download: { cutAfterBytes: 1_000_000, times: behaviour === 'ok' ? 2 : 3 } };
    const result = await download(fileLink(file));
    expect(causesOf(result)).toEqual([null]);
    expect((await desk.bytes(`cut${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
    const ranges = requestsFor(file).flatMap(({ headers }) => headers.range ?? []);
    expect(ranges.length).toBeGreaterThan(0);
    for (const range of ranges) expect(Number(/^bytes=(\d+)-/.exec(range)?.[1])).toBeGreaterThan(500_000);
  });

  it('goes on from the link when the address it came from refuses it by then', async () => {
    const file = internet.drive.addFile({ name: 'ended.bin', body: big('ended'), behaviour: 'virus' });
    file.faults = { download: { cutAfterBytes: 1_000_000 } };
    const result = await download(fileLink(file), {
      onProgress: () => (file.faults = { download: { status: 403, times: 1 } }),
    });
    expect(causesOf(result)).toEqual([null]);
    expect((await desk.bytes(`ended${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
    const asked = requestsFor(file);
    expect(asked.filter(({ path, headers }) => path === '/uc' && headers.range !== undefined)).toHaveLength(
      1,
    );
    expect(Number(/^bytes=(\d+)-/.exec(asked.at(-1)?.headers.range ?? '')?.[1])).toBeGreaterThan(500_000);
  });

  it('again and again without a byte more is a short body, and the next attempt continues it', async () => {
    const file = internet.drive.addFile({
      name: 'cut.bin',
      body: big('again'),
      faults: { download: { cutAfterBytes: 800_000 } },
    });
    file.rangesIgnored = true;
    expect(causesOf(await download(fileLink(file)))).toEqual(['short_body']);
    const [left = 0] = await partsLeft();
    expect(left).toBeGreaterThan(0);
    expect(await desk.visible()).toEqual([]);
    file.faults = {};
    file.rangesIgnored = false;
    expect(causesOf(await download(fileLink(file)))).toEqual([null]);
    // Where the machine is slow, more connections may have followed.
    expect(requestsFor(file).map(({ headers }) => headers.range)).toContain(`bytes=${left}-`);
    expect((await desk.bytes(`cut${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
    expect(existsSync(join(desk.folder, STAGING_FOLDER))).toBe(false);
  }, 30_000);

  it('begins anew when the file is another one meanwhile', async () => {
    const file = internet.drive.addFile({ name: 'cut.bin', body: big('one') });
    await interrupt(file);
    expect((await partsLeft())[0]).toBeGreaterThan(0);
    const other = internet.drive.addFile({ id: file.id, name: 'cut.bin', body: big('two') });
    other.etag = '"another"';
    expect(causesOf(await download(fileLink(file)))).toEqual([null]);
    expect((await desk.bytes(`cut${SUFFIX}.bin`)).equals(bytesOf(other))).toBe(true);
  });

  it('stops at once when it is aborted, and the next attempt continues it', async () => {
    const file = internet.drive.addFile({ name: 'slow.bin', body: big('slow') });
    await interrupt(file);
    const [left = 0] = await partsLeft();
    expect(left).toBeGreaterThan(100_000);
    expect(await desk.visible()).toEqual([]);
    const before = requestsFor(file).length;
    expect(causesOf(await download(fileLink(file)))).toEqual([null]);
    expectContinued(file, before);
    expect((await desk.bytes(`slow${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
  });

  it('by a kill is continued by the next process', async () => {
    const file = internet.drive.addFile({
      name: 'killed.bin',
      // Far from its end when the kill comes.
      body: { size: 40_000_000, seed: 'killed' },
      faults: { download: { bytesPerSecond: 500_000 } },
    });
    const child = spawn(process.execPath, ['--input-type=module', '-e', program(fileLink(file))], {
      stdio: 'inherit',
    });
    const ended = once(child, 'close');
    await expect
      .poll(async () => (await partsLeft())[0] ?? 0, { timeout: 20_000, interval: 50 })
      .toBeGreaterThan(900_000);
    child.kill('SIGKILL');
    await ended;
    file.faults = {};
    const before = requestsFor(file).length;
    expect(causesOf(await download(fileLink(file)))).toEqual([null]);
    expectContinued(file, before);
    expect((await desk.bytes(`killed${SUFFIX}.bin`)).equals(bytesOf(file))).toBe(true);
  });

  it('after its last byte is taken over without being fetched again', async () => {
    const file = internet.drive.addFile({ name: 'kept.bin', body: big('kept') });
    const first = await download(fileLink(file), { generation: 2 });
    const before = internet.requests.length;
    let received = 0;
    const again = await download(fileLink(file), {
      generation: 2,
      onProgress: ({ receivedBytes }) => (received = receivedBytes),
    });
    expect(again.items?.[0]?.files).toEqual(first.items?.[0]?.files);
    expect({ metadataFile: again.metadataFile, received }).toEqual({
      metadataFile: first.metadataFile,
      received: 0,
    });
    expect(internet.requests.length - before).toBe(2);
    await download(fileLink(file), {
      generation: 3,
      onProgress: ({ receivedBytes }) => (received = receivedBytes),
    });
    expect(received).toBe(3_000_000);
    expect(await desk.visible()).toHaveLength(2);
  });
});

it('leaves nothing that keeps the process alive', async () => {
  const file = internet.drive.addFile({ name: 'end.txt' });
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(fileLink(file))], {
    stdio: 'inherit',
  });
  const started = Date.now();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(await desk.visible()).toHaveLength(2);
  expect(Date.now() - started).toBeLessThan(15_000);
});

it('rejects with an AbortError before anything is asked for', async () => {
  const before = internet.requests.length;
  const signal = AbortSignal.abort(new Error('a reason of its own'));
  await expect(download(fileLink(internet.drive.addFile()), { signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(internet.requests.length).toBe(before);
});

/** Aborts a download of the file after a part of it has arrived. */
async function interrupt(file: DriveFile): Promise<void> {
  // Not stopped, it would go on for more than six seconds.
  file.faults = { download: { bytesPerSecond: 50_000 } };
  const abort = new AbortController();
  let abortedAt = 0;
  const running = download(fileLink(file), {
    signal: abort.signal,
    onProgress({ receivedBytes }) {
      if (receivedBytes < 300_000 || abort.signal.aborted) return;
      abortedAt = Date.now();
      abort.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(Date.now() - abortedAt).toBeLessThan(4000);
  file.faults = {};
  await delay(1);
}

/** A program that downloads one link. */
function program(link: string): string {
  const index = new URL('../../../src/sources/drive/index.ts', import.meta.url).href;
  const rowModule = new URL('../../../src/row/index.ts', import.meta.url).href;
  return `import { downloadDriveWithContext } from ${JSON.stringify(index)};
    import { RowContext } from ${JSON.stringify(rowModule)};
    const row = new RowContext(${JSON.stringify(row)});
    const result = await downloadDriveWithContext(${JSON.stringify(link)}, row, ${JSON.stringify({ outputDir: desk.folder, network })});
    if (!result.success) throw new Error(result.errorMessage);`;
}
