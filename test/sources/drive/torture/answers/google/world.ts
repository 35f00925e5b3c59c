import {
  folderPage,
  notFoundPage,
  viewPage,
  virusPage,
} from '../../../../../../src/demo/internet/drive/pages.ts';
import type { DriveFile, DriveFolder } from '../../../../../../src/demo/internet/drive/drive-file.ts';
import { createHash } from 'node:crypto';
import { type Asked, type Draft, rightAnswer, versionOf } from '../draft.ts';
import type { ServedFile } from '../served-file.ts';

export const FOLDER_ID = 'folder-0123456789abcdef';
export const SHORTCUT_ID = 'shortcut-0123456789abcdef';
export const FILE_IDS = ['file-0-0123456789abcdef', 'file-1-0123456789abcdef', 'file-2-0123456789abcdef'];
const TYPES = 'application/vnd.google-apps';

/** What a link leads to, as Google has it all the time. */
export interface World {
  readonly kind: 'file' | 'document' | 'folder' | 'shortcut';
  readonly name: string;
  readonly file: ServedFile;
  /** What the API publishes of it. */
  readonly publishes: 'size and md5' | 'size' | 'nothing';
  /** Whether the page of the virus scan stands before it. */
  readonly isLarge: boolean;
  /** In a folder. */
  readonly files: number;
}

export function idsIn({ kind, files }: World): readonly string[] {
  return FILE_IDS.slice(0, kind === 'folder' ? files : 1);
}

export function servedAs({ kind, file }: World, id: string): ServedFile {
  const size = file.size + 17 * FILE_IDS.indexOf(id);
  if (kind !== 'document') return { ...file, size };
  const bare = { validators: 'none', hash: 'none', ranges: 'ignored' } as const;
  return { ...file, ...bare, size: Math.min(size, 40_000), begins: '%PDF-1.4\n' };
}

export const md5Of = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

/** An answer that is no file's bytes. */
export function otherAnswer(asked: Asked, status: number, type: string, text: string | Buffer): Draft {
  const body = Buffer.from(text);
  const headers = new Map([['content-length', [String(body.length)]]]);
  if (type !== '') headers.set('content-type', [type]);
  return {
    ...{ asked, version: 0, whole: body, start: 0, headers, body, status },
    ...{ isChunked: false, before: '', trailers: '', after: '', isFile: false, isFinal: false },
    ...{ end: null, cutAt: 0, stallMs: 0, dripMs: 0 },
  };
}

export function redirectAnswer(asked: Asked, status: number, location: string): Draft {
  const draft = otherAnswer(asked, status, '', '');
  draft.headers.set('location', [location]);
  return draft;
}

/** What Google answers as long as nothing is wrong. */
export function googleAnswer(world: World, version: number, asked: Asked): Draft {
  const url = new URL(asked.path, `https://${asked.host}`);
  const { pathname, searchParams: query } = url;
  const id = query.get('id') ?? /\/(?:files|d|folders)\/([\w-]+)/.exec(pathname)?.[1] ?? '';
  const missing = () => otherAnswer(asked, 404, 'text/html; charset=utf-8', notFoundPage());
  if (asked.host === 'www.googleapis.com') return apiAnswer(world, version, asked, id, query);
  if (pathname === '/embeddedfolderview' && id === FOLDER_ID && world.kind === 'folder') {
    const entries = idsIn(world).map((file) => ({
      id: file,
      name: nameOf(world, file),
      mediaType: 'video/mp4',
    }));
    return otherAnswer(asked, 200, 'text/html', folderPage({ name: 'Holiday' } as DriveFolder, entries));
  }
  if (pathname === '/open' && id === FOLDER_ID)
    return redirectAnswer(asked, 302, `https://drive.google.com/drive/folders/${id}?usp=drive_open`);
  const isShortcut = world.kind === 'shortcut' && id === SHORTCUT_ID;
  const target = isShortcut ? (FILE_IDS[0] ?? '') : id;
  if (!idsIn(world).includes(target)) return missing();
  if (pathname === '/open') {
    const [where, how] =
      world.kind === 'document' ? ['docs.google.com/document', 'edit'] : ['drive.google.com/file', 'view'];
    return redirectAnswer(asked, 302, `https://${where}/d/${target}/${how}`);
  }
  if (pathname.startsWith('/document/') && pathname.endsWith('/export') && world.kind === 'document')
    return redirectAnswer(asked, 307, `https://doc-04-docstext.googleusercontent.com/export/d/${target}`);
  if (asked.host.endsWith('docstext.googleusercontent.com')) return exported(world, version, asked, target);
  if (world.kind === 'document')
    return pathname === '/uc'
      ? redirectAnswer(asked, 302, `https://docs.google.com/document/d/${target}/edit`)
      : missing();
  if (pathname === '/uc')
    return redirectAnswer(
      asked,
      303,
      `https://drive.usercontent.google.com/download?id=${target}&export=download`,
    );
  const name = nameOf(world, target);
  if (asked.host === 'drive.usercontent.google.com' && pathname === '/download') {
    const file = { id: target, name, resourceKey: null, body: { size: world.file.size } } as DriveFile;
    if (world.isLarge && !query.has('confirm'))
      return otherAnswer(asked, 200, 'text/html; charset=utf-8', virusPage(file, 'a-b-c'));
    const draft = rightAnswer(servedAs(world, target), version, asked);
    if (draft.isFile) draft.headers.set('content-disposition', [`attachment; filename="${name}"`]);
    return draft;
  }
  if (pathname.startsWith('/file/d/'))
    return otherAnswer(asked, 200, 'text/html', viewPage({ id: target, name } as DriveFile));
  return missing();
}

function apiAnswer(world: World, version: number, asked: Asked, id: string, query: URLSearchParams): Draft {
  const json = (value: unknown, status = 200) =>
    otherAnswer(asked, status, 'application/json; charset=UTF-8', JSON.stringify(value));
  const missing = () =>
    json({ error: { code: 404, message: 'File not found', errors: [{ reason: 'notFound' }] } }, 404);
  const search = /^'([\w-]+)' in parents/.exec(query.get('q') ?? '')?.[1];
  if (search !== undefined) {
    if (search !== FOLDER_ID || world.kind !== 'folder') return json({ files: [] });
    // One a page.
    const at = Number(query.get('pageToken')?.slice(1) ?? 0);
    const ids = idsIn(world);
    const more = at + 1 < ids.length ? { nextPageToken: `t${at + 1}` } : {};
    return json({
      ...more,
      incompleteSearch: false,
      files: ids.slice(at, at + 1).map((file) => fileJson(world, version, file)),
    });
  }
  if (id === FOLDER_ID && world.kind === 'folder')
    return json({ id, name: 'Holiday', mimeType: `${TYPES}.folder`, capabilities: { canDownload: true } });
  if (id === SHORTCUT_ID && world.kind === 'shortcut') {
    const shortcutDetails = { targetId: FILE_IDS[0], targetMimeType: 'video/mp4' };
    return json({ id, name: 'Shortcut', mimeType: `${TYPES}.shortcut`, shortcutDetails });
  }
  if (!idsIn(world).includes(id)) return missing();
  if (asked.path.includes('/export?')) return exported(world, version, asked, id);
  if (query.get('alt') !== 'media') return json(fileJson(world, version, id));
  if (world.kind !== 'document') return rightAnswer(servedAs(world, id), version, asked);
  const reason = 'fileNotDownloadable';
  return json({ error: { code: 403, message: reason, errors: [{ reason }] } }, 403);
}

function fileJson(world: World, version: number, id: string): object {
  if (world.kind === 'document') {
    const exportLinks = {
      'application/pdf': `https://docs.google.com/document/d/${id}/export?format=pdf`,
    };
    return { id, name: world.name, mimeType: `${TYPES}.document`, exportLinks };
  }
  const bytes = versionOf(servedAs(world, id), version);
  return {
    ...{ id, name: nameOf(world, id), mimeType: 'video/mp4', capabilities: { canDownload: true } },
    ...(world.publishes === 'nothing' ? {} : { size: String(bytes.length) }),
    ...(world.publishes === 'size and md5' ? { md5Checksum: md5Of(bytes) } : {}),
  };
}

function exported(world: World, version: number, asked: Asked, id: string): Draft {
  if (world.kind !== 'document') return otherAnswer(asked, 404, 'text/html', notFoundPage());
  const draft = rightAnswer(servedAs(world, id), version, asked);
  draft.headers.delete('content-length');
  draft.headers.set('transfer-encoding', ['chunked']);
  draft.headers.set('content-type', ['application/pdf']);
  draft.headers.set('content-disposition', [`attachment; filename="${world.name}.pdf"`]);
  draft.isChunked = true;
  return draft;
}

function nameOf({ name }: World, id: string): string {
  const at = FILE_IDS.indexOf(id);
  return at === 0 ? name : `${at} ${name}`;
}
