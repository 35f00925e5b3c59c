import { html, notFound, redirect, type Reply } from '../reply.ts';
import { currentScripted, type Scripted } from '../scripted.ts';
import type { SiteRequest } from '../site.ts';
import { routeApi } from './api/routes.ts';
import type { Shelf, World } from './world.ts';
import { downloadReply, missingFile, opens, signIn } from './download.ts';
import {
  EDITOR_TYPES,
  editorOf,
  isEditorType,
  type DriveBehaviour,
  type DriveFaults,
  type DriveFile,
  isOpenTo,
  type Editor,
} from './drive-file.ts';
import { exportReply } from './editor-export.ts';
import { DOWNLOAD_URL, folderPage, signInPage, viewPage, type FolderEntry } from './pages.ts';

/** A reply, with what was asked for: it decides which faults strike. */
interface RoutedReply {
  readonly resource: keyof DriveFaults;
  readonly fileId: string | null;
  readonly reply: Reply;
}

const SHORTCUT = 'application/vnd.google-apps.shortcut';
const ID = '([A-Za-z0-9_-]+)';
const FILE_PATH = new RegExp(`^/file/(?:u/\\d+/)?d/${ID}(?:/(?:view|edit|preview))?/?$`);
const FOLDER_PATH = new RegExp(`^/drive/(?:u/\\d+/)?(?:mobile/)?folders/${ID}/?$`);
const EDITOR_PATH = new RegExp(
  `^/(document|spreadsheets|presentation)/(?:u/\\d+/)?d/${ID}(?:/(edit|view|preview|export)(?:/([a-z]+))?)?/?$`,
);

/** The addresses among `exportLinks`, by the editor's name. */
const EXPORT_PATH = /^\/feeds\/download\/(document|spreadsheets|presentation)\/export\/Export$/;

/** Answers one request to any of Drive's hosts. */
export function routeDrive(request: SiteRequest, world: World): RoutedReply {
  const { host, path, query } = request;
  const { files } = world.shelf;
  const page = (reply: Reply, fileId: string | null = null): RoutedReply => ({
    resource: 'page',
    fileId,
    reply,
  });
  if (host === 'oauth2.googleapis.com')
    return page(path === '/token' ? world.accounts.tokenReply(request) : notFound());
  if (host === 'www.googleapis.com') return routeApi(request, world);
  if (host === 'accounts.google.com') return page(html(signInPage()));
  const id = query.get('id') ?? '';
  if (host === 'drive.usercontent.google.com') {
    const file = files.get(id);
    const reply =
      path === '/download' || path === '/uc'
        ? file
          ? downloadReply(file, world.host, request)
          : missingFile()
        : notFound();
    return { resource: 'download', fileId: id, reply };
  }
  const ready = EXPORT_PATH.exec(path);
  if (ready) {
    const match = [path, ready[1] ?? '', id, 'export', query.get('exportFormat') ?? 'pdf'];
    return editorReply(match, request, world);
  }
  const editor = EDITOR_PATH.exec(path);
  if (editor) return editorReply(editor, request, world);
  if (path === '/uc') return page(toDownload(files.get(id), query), id);
  if (path === '/open') return page(open(id, world.shelf), id);
  if (path === '/embeddedfolderview') return page(folder(id, request, world));
  const folderId = FOLDER_PATH.exec(path)?.[1];
  if (folderId !== undefined) return page(folder(folderId, request, world));
  const fileId = FILE_PATH.exec(path)?.[1];
  if (fileId !== undefined) return page(view(files.get(fileId), request, world), fileId);
  return page(notFound());
}

/** `uc` knows only whether there is such a file; all else is decided where it leads. */
function toDownload(file: DriveFile | undefined, query: URLSearchParams): Reply {
  if (!file) return missingFile();
  if (isEditorType(file.mediaType))
    return redirect(`https://docs.google.com/${editorOf(file.mediaType)}/d/${file.id}/edit`);
  const passed = new URLSearchParams(query);
  passed.set('export', 'download');
  return redirect(`${DOWNLOAD_URL}?${passed}`, 303);
}

function open(id: string, shelf: Shelf): Reply {
  const { files, folders } = shelf;
  const shortcut = shelf.shortcuts.get(id);
  if (shortcut && shortcut.targetId !== id) return open(shortcut.targetId, shelf);
  if (folders.has(id)) return redirect(`https://drive.google.com/drive/folders/${id}`);
  const file = files.get(id);
  if (!file) return missingFile();
  const editor = (Object.keys(EDITOR_TYPES) as Editor[]).find(
    (name) => EDITOR_TYPES[name] === file.mediaType,
  );
  return redirect(
    editor
      ? `https://docs.google.com/${editor}/d/${id}/edit`
      : `https://drive.google.com/file/d/${id}/view?usp=drive_open`,
  );
}

function view(file: DriveFile | undefined, request: SiteRequest, { host }: World): Reply {
  const behaviour = behaviourOf(file, host);
  if (!file || behaviour === 'not-found') return missingFile();
  if (behaviour === 'sign-in' || !opens(file, request.query) || !isOpenTo(file, null))
    return signIn(addressOf(request));
  return html(viewPage(file));
}

function folder(id: string, request: SiteRequest, { shelf, host }: World): Reply {
  const found = shelf.folders.get(id);
  const behaviour = behaviourOf(found, host);
  if (!found || behaviour === 'not-found') return missingFile();
  if (behaviour === 'sign-in' || !opens(found, request.query) || !isOpenTo(found, null))
    return signIn(addressOf(request));
  const entries = found.children.flatMap((child): FolderEntry[] => {
    const file = shelf.files.get(child);
    if (file) return [{ id: child, name: file.name, mediaType: file.mediaType }];
    const shortcut = shelf.shortcuts.get(child);
    if (shortcut) return [{ id: child, name: shortcut.name, mediaType: SHORTCUT }];
    const inner = shelf.folders.get(child);
    return inner ? [{ id: child, name: inner.name, mediaType: null }] : [];
  });
  return html(folderPage(found, entries));
}

function editorReply(match: readonly string[], request: SiteRequest, world: World): RoutedReply {
  const [, editor = '', id = '', verb = 'edit', format] = match;
  const file = world.shelf.files.get(id);
  if (verb !== 'export') return { resource: 'page', fileId: id, reply: view(file, request, world) };
  const behaviour = behaviourOf(file, world.host);
  const answered = (reply: Reply): RoutedReply => ({ resource: 'download', fileId: id, reply });
  if (!file || !isEditorType(file.mediaType) || !isEditor(editor) || behaviour === 'not-found')
    return answered(missingFile());
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const account = token === undefined ? null : world.accounts.holderOf(token);
  if (behaviour === 'ok' && isOpenTo(file, account) && (account !== null || opens(file, request.query)))
    return answered(exportReply(file, editor, format ?? request.query.get('format') ?? 'pdf'));
  return answered(signIn(addressOf(request)));
}

function isEditor(name: string): name is Editor {
  return Object.hasOwn(EDITOR_TYPES, name);
}

function behaviourOf(
  thing: { readonly behaviour: Scripted<DriveBehaviour> } | undefined,
  host: World['host'],
): DriveBehaviour {
  const forAll = currentScripted(host.behaviour);
  return forAll === 'ok' && thing ? currentScripted(thing.behaviour) : forAll;
}

function addressOf({ host, path, query }: SiteRequest): string {
  return `https://${host}${path}?${query}`;
}
