import { fileReply } from '../../partial-reply.ts';
import { json, type Reply } from '../../reply.ts';
import { takeScripted } from '../../scripted.ts';
import type { SiteRequest } from '../../site.ts';
import { type DriveFile, editorOf, isEditorType, isOpenTo, type Owned } from '../drive-file.ts';
import { exportedAs, formatOf } from '../editor-export.ts';
import type { World } from '../world.ts';
import {
  apiError,
  fileNotFound,
  invalidKey,
  invalidToken,
  invalidValue,
  refused,
  unregistered,
} from './errors.ts';
import { resourceOf, type Thing } from './resource.ts';

const PREFIX = '/drive/v3/';
const FILE = /^files\/([^/]+)(\/export)?$/;
const IN_FOLDER = /^'([^'\\]+)' in parents(?: and trashed ?= ?false)?$/;
const MAX_PAGE_SIZE = 1000;

/** What was asked of the API, which decides on faults, and the answer. */
interface ApiReply {
  readonly resource: 'api' | 'download';
  readonly fileId: string | null;
  readonly reply: Reply;
}

/** Answers one request to Drive's API. */
export function routeApi(request: SiteRequest, world: World): ApiReply {
  const api = (reply: Reply): ApiReply => ({ resource: 'api', fileId: null, reply });
  const caller = callerOf(request, world);
  if ('reply' in caller) return api(caller.reply);
  const path = request.path.startsWith(PREFIX) ? request.path.slice(PREFIX.length) : '';
  if (path === 'about') return api(about(caller.account));
  if (path === 'files') return api(list(request.query, caller.account, world));
  const [, id = '', verb] = FILE.exec(path) ?? [];
  if (id === '') return api(apiError({ code: 404, message: 'Not Found', reason: 'notFound' }));
  const isMedia = request.query.get('alt') === 'media' || verb !== undefined;
  return {
    resource: isMedia ? 'download' : 'api',
    fileId: id,
    reply: one(decodeURIComponent(id), verb !== undefined, request, caller.account, world),
  };
}

/** Whose request this is: an account's, anybody's with a key, or one that is turned away. */
function callerOf(
  { headers, query }: SiteRequest,
  { accounts }: World,
): { readonly account: string | null } | { readonly reply: Reply } {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token !== undefined) {
    const account = accounts.holderOf(token);
    return account === null ? { reply: invalidToken() } : { account };
  }
  const header = headers['x-goog-api-key'];
  const key = typeof header === 'string' ? header : query.get('key');
  if (key === null || key === undefined) return { reply: unregistered() };
  return accounts.accounts.apiKeys.has(key) ? { account: null } : { reply: invalidKey() };
}

function about(account: string | null): Reply {
  return account === null ? invalidToken() : json({ user: { kind: 'drive#user', emailAddress: account } });
}

function one(
  id: string,
  isExport: boolean,
  request: SiteRequest,
  account: string | null,
  world: World,
): Reply {
  const { query, headers } = request;
  const entry = thingOf(id, world);
  const isLegacy = query.get('supportsAllDrives') !== 'true' && !isExport;
  const isHidden =
    entry === null || !opens(entry.thing, headers, account) || (isLegacy && entry.thing.driveId !== null);
  if (isHidden) return fileNotFound(id);
  if (entry.what !== 'file') {
    if (query.get('alt') !== 'media' && !isExport) return json(resourceOf(entry, query.get('fields')));
    return notDownloadable();
  }
  const file = entry.thing;
  const isMedia = query.get('alt') === 'media';
  const behaviour = isMedia || isExport ? takeScripted(file.behaviour) : 'ok';
  if (behaviour === 'not-found') return fileNotFound(id);
  if (behaviour === 'quota' || behaviour === 'quota-403')
    return refused(
      'downloadQuotaExceeded',
      'The download quota for this file has been exceeded.',
      'usageLimits',
    );
  if (behaviour === 'cannot-download')
    return refused('cannotDownloadFile', 'This file cannot be downloaded by the user.');
  if (isExport) return exported(file, query.get('mimeType') ?? '', world);
  if (!isMedia) return json(resourceOf(entry, query.get('fields')));
  if (isEditorType(file.mediaType)) return notDownloadable();
  return fileReply({
    content: file.body,
    headers: { 'content-type': file.mediaType },
    range: file.rangesIgnored ? undefined : headers.range,
  });
}

function notDownloadable(): Reply {
  return apiError({
    code: 403,
    message: 'Only files with binary content can be downloaded. Use Export with Docs Editors files.',
    reason: 'fileNotDownloadable',
    location: ['parameter', 'alt'],
  });
}

function exported(file: DriveFile, mimeType: string, { host }: World): Reply {
  const format = formatOf(mimeType);
  if (!isEditorType(file.mediaType))
    return refused('fileNotExportable', 'Export only supports Docs Editors files.');
  if (format === null) return invalidValue('mimeType');
  const content = exportedAs(file, editorOf(file.mediaType), format);
  if (content === null)
    return apiError({
      code: 400,
      message: 'The requested conversion is not supported.',
      reason: 'badRequest',
    });
  if (content.body.size > host.exportLimit)
    return refused('exportSizeLimitExceeded', 'This file is too large to be exported.');
  return { status: 200, headers: { 'content-type': mimeType }, body: content.body, chunked: true };
}

function list(query: URLSearchParams, account: string | null, world: World): Reply {
  const id = IN_FOLDER.exec(query.get('q') ?? '')?.[1];
  if (id === undefined) return invalidValue('q');
  const entry = thingOf(id, world);
  const allDrives =
    query.get('supportsAllDrives') === 'true' && query.get('includeItemsFromAllDrives') === 'true';
  if (entry?.what !== 'folder' || !isOpenTo(entry.thing, account)) return fileNotFound('.');
  const offset = Number(Buffer.from(query.get('pageToken') ?? '', 'base64url').toString() || '0');
  if (!Number.isInteger(offset)) return invalidValue('pageToken');
  const size = Math.min(Number(query.get('pageSize') ?? 100), MAX_PAGE_SIZE);
  const children = entry.thing.children
    .flatMap((child) => thingOf(child, world) ?? [])
    .filter(({ thing }) => isOpenTo(thing, account) && (allDrives || thing.driveId === null));
  if (query.get('orderBy') === 'name')
    children.sort((a, b) => (a.thing.name < b.thing.name ? -1 : a.thing.name > b.thing.name ? 1 : 0));
  const end = offset + size;
  const next = entry.thing.repeatsPage ? 0 : end < children.length ? end : null;
  const fields = /\bfiles\((.*)\)/.exec(query.get('fields') ?? '')?.[1] ?? null;
  return json({
    kind: 'drive#fileList',
    incompleteSearch: false,
    files: children.slice(offset, end).map((child) => resourceOf(child, fields)),
    ...(next === null ? {} : { nextPageToken: Buffer.from(String(next)).toString('base64url') }),
  });
}

/** Whether the caller may see it: by the account, or, for everybody, with the key that an old link carries. */
function opens(thing: Owned, headers: SiteRequest['headers'], account: string | null): boolean {
  if (!isOpenTo(thing, account)) return false;
  const isNamed = account !== null && (thing.sharedWith ?? []).includes(account);
  const keys = String(headers['x-goog-drive-resource-keys'] ?? '').split(',');
  return thing.resourceKey === null || isNamed || keys.includes(`${thing.id}/${thing.resourceKey}`);
}

function thingOf(id: string, { shelf }: World): Thing | null {
  const file = shelf.files.get(id);
  if (file !== undefined) return { what: 'file', thing: file };
  const folder = shelf.folders.get(id);
  if (folder !== undefined) return { what: 'folder', thing: folder };
  const shortcut = shelf.shortcuts.get(id);
  if (shortcut === undefined) return null;
  const target = shortcut.targetId === id ? null : thingOf(shortcut.targetId, { shelf } as World);
  return { what: 'shortcut', thing: shortcut, target: target?.what === 'shortcut' ? null : target };
}
