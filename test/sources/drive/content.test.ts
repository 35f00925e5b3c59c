import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCertificateAuthority } from '../../../src/demo/internet/certificate-authority.ts';
import { startConnectProxy } from '../../../src/demo/internet/connect-proxy.ts';
import { contentOf } from '../../../src/demo/internet/content.ts';
import { json } from '../../../src/demo/internet/reply.ts';
import type { WebPage } from '../../../src/demo/internet/web/web.ts';
import type { DriveOptions } from '../../../src/sources/drive/index.ts';
import { API_KEY, causesOf, driveDesk, fileLink, SUFFIX } from './fixtures.ts';

const desk = await driveDesk();
const { internet } = desk;

/** What comes of a plain link to such an answer. */
async function direct(path: string, page: WebPage) {
  internet.web.pages.set(path, page);
  return desk.download(internet.web.origin + path, { allowDirectLinks: true });
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const box = (kind: string, size = 24) =>
  Buffer.concat([hex(size.toString(16).padStart(8, '0')), Buffer.from(kind), Buffer.alloc(size - 8, 0x61)]);
const MP4 = Buffer.concat([box('ftypisom'), box('moov', 200)]);

describe("in a file's place", () => {
  it.each([
    ['JSON', '/clip.mp4', { mediaType: 'application/json', body: '{"error":"quota"}' }],
    ['text', '/clip.mp4', { mediaType: 'text/plain', body: 'Sorry' }],
    ['text with a byte order mark', '/song.mp3', { body: '\uFEFFDésolé, réessayez plus tard' }],
    ['text in UTF-16', '/scan.jpg', { body: Buffer.from('\uFEFFSorry, not today', 'utf16le') }],
    ['text that is cut within a letter', '/a.zip', { body: 'é'.repeat(2000) }],
    ['text as a type that is none', '/get', { mediaType: 'video/mp4', body: 'Too many requests' }],
    ['text behind a script', '/get.php', { mediaType: 'application/pdf', body: 'No such report' }],
    ['text as an attachment', '/get', { disposition: 'attachment; filename="a.docx"', body: 'Expired' }],
    ['a page from its head', '/clip.mp4', { body: '<head><title>Blocked by proxy</title></head>' }],
    ['a page of XML', '/clip.mp4', { body: '<?xml version="1.0"?><!DOCTYPE html><html></html>' }],
    ['a page in UTF-16', '/a.bin', { body: Buffer.from('\uFEFF<!doctype html><html></html>', 'utf16le') }],
    ['a page under no name', '/a', { body: '<?xml version="1.0"?>\n<html xmlns="x"></html>' }],
  ])('%s is never kept', async (_, path, page) => {
    const result = await direct(path, page);
    expect(causesOf(result)).toEqual(['unexpected_page']);
    expect(await desk.visible()).toEqual([]);
  });

  it('text is quoted', async () => {
    const { errorMessage } = await direct('/clip.mp4', { body: 'Sorry,\r\nthe quota is used up.' });
    expect(errorMessage).toContain('Text came instead of the file ("Sorry, the quota is used up.")');
  });

  it('a page that takes long to be known as none does not hold anything up', async () => {
    const result = await direct('/a.bin', { body: `${'<!---->'.repeat(140)}${'x'.repeat(44)}` });
    expect(causesOf(result)).toEqual([null]);
  });
});

describe('an odd file is kept', () => {
  it.each([
    ['a film of fragments', 'a.mp4', Buffer.concat([box('styp'), box('moof', 100)])],
    ['a film with an unknown first box', 'a.mov', Buffer.concat([box('zzzz'), box('mdat', 100)])],
    ['a transport stream', 'a.mp4', Buffer.concat([hex('474000 10'), Buffer.alloc(184, 0xff)])],
    ['an old AVI', 'a.avi', Buffer.concat([Buffer.from('RIFF    AVI LIST'), hex('c0000000'), box('hdrl')])],
    ['AAC without a header', 'a.aac', Buffer.concat([hex('fff15080 2ebffc'), Buffer.alloc(300, 0x21)])],
    ['MP3 without a header', 'a.mp3', Buffer.concat([hex('fffb9064'), Buffer.alloc(413, 0x55)])],
    ['sound that begins like UTF-16', 'a.mp3', Buffer.concat([hex('fffe9064'), Buffer.alloc(400, 0xdc)])],
    ['a PDF of letters alone', 'a.pdf', Buffer.from(`%PDF-1.4\n% ${'words '.repeat(300)}`)],
    ['a PDF behind other words', 'a.pdf', Buffer.from('Sent by the mail gateway\n%PDF-1.7\n')],
    ['a document with a password', 'a.docx', hex('d0cf11e0a1b11ae1 0000')],
    ['a table of HTML', 'a.xls', Buffer.from('<html><table></table></html>'), 'application/vnd.ms-excel'],
    ['a CSV', 'a.csv', Buffer.from('a;b\n1;2\n'), 'application/vnd.ms-excel'],
    ['a playlist', 'a.m3u', Buffer.from('#EXTM3U\nhttps://example.org/a.mp3\n'), 'audio/mpeg'],
    ['TypeScript', 'a.ts', Buffer.from('export const a = 1;\n'), 'video/mp2t'],
    ['text in an old encoding', 'a.mp4', Buffer.from('D\xe9sol\xe9', 'latin1')],
  ])('%s', async (_, name, body, mediaType = 'application/octet-stream') => {
    const result = await direct('/get', { body, mediaType, disposition: `attachment; filename="${name}"` });
    expect(result.filesDownloaded).toEqual([name.replace('a.', `a${SUFFIX}.`)]);
  });

  it.each(['just words', '<!doctype html><title>Hello</title>'])(
    'where the published checksum vouches for it: %s',
    async (body) => {
      const file = internet.drive.addFile({
        name: 'a.mp4',
        body,
        mediaType: 'video/mp4',
        checksums: 'right',
      });
      expect(causesOf(await desk.download(fileLink(file)))).toEqual([null]);
      expect(causesOf(await desk.download(fileLink(file), { apiKey: API_KEY }))).toEqual([null]);
      expect(await desk.read(`a${SUFFIX}.mp4`)).toBe(body);
    },
  );
});

describe('an export', () => {
  const ID = 'DDDDDDDDDDDDDDDD';
  let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
  let certificate: string;
  let network: NonNullable<DriveOptions['network']>;
  let answer: { readonly type: string; readonly body: string; readonly disposition?: string };

  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    const hosts = ['docs.google.com', 'www.googleapis.com'];
    const document = { id: ID, name: 'Doc', mimeType: 'application/vnd.google-apps.document' };
    const exported = () => ({
      status: 200,
      headers: {
        'content-type': answer.type,
        ...(answer.disposition === undefined ? {} : { 'content-disposition': answer.disposition }),
      },
      body: contentOf(answer.body),
    });
    const isMetadata = (path: string) => path.endsWith(`/files/${ID}`);
    proxy = await startConnectProxy({
      sites: [
        {
          hosts,
          answer: ({ path }) =>
            Promise.resolve({ reply: isMetadata(path) ? json(document) : exported(), fault: {} }),
        },
      ],
      credentials: await authority.issue(hosts),
      record: () => {},
    });
    certificate = authority.certificate;
  });
  beforeEach(async () => {
    network = { proxy: proxy.url, caCertFile: await desk.write('ca.pem', certificate) };
  });
  afterAll(() => proxy.close());

  const fetched = (exportFormats: readonly string[], options: DriveOptions = {}) =>
    desk.download(`https://docs.google.com/document/d/${ID}/edit`, { network, exportFormats, ...options });

  const ZIP = 'PK\u0003\u0004 the rest';
  const SIGN_IN = '<!doctype html><title>Sign in</title>';
  const ATTACHMENT = 'attachment; filename="Doc.x"';

  it.each([
    ['docx', 'text/plain', 'Sorry, unable to open the file at this time.'],
    ['docx', 'application/json', '{"error":"x"}'],
    ['docx', 'application/octet-stream', SIGN_IN],
    ['pdf', 'application/pdf', ZIP],
    ['rtf', 'application/rtf', 'Sorry'],
    ['epub', 'application/epub+zip', '%PDF-1.4'],
    ['txt', 'text/html', SIGN_IN],
    ['md', 'application/json', '{"error":"x"}'],
    ['txt', 'application/octet-stream', SIGN_IN],
  ])('as %s that comes as %s is none: %j', async (format, type, body) => {
    answer = { type, body, disposition: ATTACHMENT };
    for (const options of [{}, { apiKey: API_KEY }]) {
      const [cause] = causesOf(await fetched([format], options));
      expect(cause).toMatch(/^(?:unexpected_page|not_media)$/);
    }
    expect(await desk.visible()).toEqual([]);
  });

  it.each([
    ['docx', 'application/octet-stream', ZIP],
    ['odt', 'application/vnd.oasis.opendocument.text', ZIP],
    ['pdf', 'application/pdf', '%PDF-1.4'],
    ['rtf', 'application/rtf', '{\\rtf1 words}'],
    ['txt', 'text/plain', '<html> is how a page begins'],
    ['md', 'text/markdown', '{"a": 1}'],
    ['txt', 'application/octet-stream', 'words'],
  ])('as %s that comes as %s is kept: %j', async (format, type, body) => {
    for (const options of [{}, { apiKey: API_KEY }]) {
      for (const disposition of [undefined, ATTACHMENT]) {
        answer = { type, body, ...(disposition === undefined ? {} : { disposition }) };
        expect(causesOf(await fetched([format], options))).toEqual([null]);
      }
    }
  });

  it('in another format than is asked for is not taken over after a crash', async () => {
    answer = { type: 'application/octet-stream', body: ZIP, disposition: 'attachment; filename="Doc"' };
    expect((await fetched(['docx'], { generation: 1 })).filesDownloaded).toEqual([`Doc${SUFFIX}.docx`]);
    answer = { ...answer, body: `%PDF-1.4${ZIP.slice(8)}` };
    expect((await fetched(['pdf'], { generation: 1 })).filesDownloaded).toEqual([`Doc${SUFFIX}.pdf`]);
    expect(await desk.visible()).toEqual([`Doc${SUFFIX}.pdf`, `Doc${SUFFIX}_metadata.json`]);
  });
});

describe('what stands behind the last dot of a name', () => {
  const VIDEO = 'video/mp4';
  const UNKNOWN = 'application/octet-stream';
  const sevenZip = hex('377abcaf271c 0004 00000000');

  it.each([
    ['Interview 12.05.2024', VIDEO, MP4, `Interview 12.05.2024${SUFFIX}.mp4`],
    ['Interview 12.05.2024', UNKNOWN, MP4, `Interview 12.05.2024${SUFFIX}.mp4`],
    ['Interview 12.05.2024', VIDEO, box('zzzz', 100), `Interview 12.05.2024${SUFFIX}.mp4`],
    ['Recording v1.2', VIDEO, MP4, `Recording v1.2${SUFFIX}.mp4`],
    ['Talk by J.Smith', VIDEO, MP4, `Talk by J.Smith${SUFFIX}.mp4`],
    ['Report v1.2', 'application/pdf', Buffer.from('%PDF-1.4'), `Report v1.2${SUFFIX}.pdf`],
    ['Notes 12.05', 'text/plain', Buffer.from('words'), `Notes 12.05${SUFFIX}.txt`],
    ['get.php', VIDEO, MP4, `get${SUFFIX}.mp4`],
    ['get.aspx', 'text/csv', Buffer.from('a,b'), `get${SUFFIX}.csv`],
    ['index.php', 'text/plain', Buffer.from('<?php echo 1;'), `index${SUFFIX}.php`],
    ['index.php', UNKNOWN, Buffer.from('<?php echo 1;'), `index${SUFFIX}.php`],
    ['a.7z', UNKNOWN, sevenZip, `a${SUFFIX}.7z`],
    ['a.7z.001', UNKNOWN, sevenZip, `a.7z${SUFFIX}.001`],
    ['a.mp4.002', UNKNOWN, MP4, `a.mp4${SUFFIX}.002`],
    ['a.20240512', UNKNOWN, hex('00010203'), `a${SUFFIX}.20240512`],
    ['a.sketch', 'application/zip', hex('504b0304 14000000'), `a${SUFFIX}.sketch`],
    ['a.properties', 'text/plain', Buffer.from('a=b'), `a${SUFFIX}.properties`],
    ['a.mp3', VIDEO, MP4, `a${SUFFIX}.mp3`],
    ['a.MP4', VIDEO, MP4, `a${SUFFIX}.MP4`],
    ['a.3gp', VIDEO, MP4, `a${SUFFIX}.3gp`],
    ['a.h264', VIDEO, MP4, `a${SUFFIX}.h264`],
    ['a.insv', VIDEO, MP4, `a${SUFFIX}.insv`],
    ['a.tar.gz', 'application/gzip', hex('1f8b0800 00000000'), `a${SUFFIX}.tar.gz`],
  ])('of %j as %s', async (name, mediaType, body, expected) => {
    const file = internet.drive.addFile({ name, mediaType, body });
    expect((await desk.download(fileLink(file))).filesDownloaded).toEqual([expected]);
  });

  it('is that of the address only where the content is no other', async () => {
    const result = await direct('/get.php', { mediaType: VIDEO, body: MP4 });
    expect(result.filesDownloaded).toEqual([`get${SUFFIX}.mp4`]);
  });

  it('does not keep a file from being taken over after a crash', async () => {
    const file = internet.drive.addFile({ name: 'Interview 12.05.2024', mediaType: VIDEO, body: MP4 });
    const takenOver = async () => {
      const { filesDownloaded } = await desk.download(fileLink(file), { generation: 1 });
      return (await stat(join(desk.folder, filesDownloaded[0] ?? ''))).ino;
    };
    expect(await takenOver()).toBe(await takenOver());
  });
});
