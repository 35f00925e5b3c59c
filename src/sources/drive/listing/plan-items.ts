import { RowtrailError } from '../../../errors/index.ts';
import type { RefusedLink } from '../links/link.ts';
import { type DriveTarget, type GoogleTarget, viewUrl } from '../links/target.ts';
import { apiLister, type Found, type Lister, type ListOptions, pageLister } from './lister.ts';
import type { Planned, PlannedFailure } from './planned-item.ts';
import { SiblingNames } from './tree-names.ts';

/** Folders nest and loop; what lies deeper or beyond is a mistake more often than not. */
const MAX_DEPTH = 20;
const MAX_FILES = 100_000;

export interface PlanOptions extends ListOptions {
  /** The name of a row's own folder for what a folder of Drive's holds, below the download folder. */
  readonly rowFolder: (title: string, id: string) => Promise<string>;
}

/**
 * The files behind a link, as they are found: the file itself, or those of a folder and of the folders inside it, in their
 * order, each once, each with its place in the row's own folder. What cannot be had is a failure in its place and stops nothing; what
 * has no id stands for itself with the folder's link.
 * @throws AbortError
 */
export async function* planItems(
  target: DriveTarget,
  options: PlanOptions,
): AsyncGenerator<Planned | RefusedLink> {
  if (target.kind === 'direct') {
    yield { target, name: null, folder: '', file: null };
    return;
  }
  try {
    const { access } = options;
    const lister = access === null ? pageLister(options) : apiLister({ ...options, access });
    const found = await lister.resolve(target);
    if (found.target.kind === 'folder') yield* planFolder(found, lister, options);
    else yield { target: found.target, name: found.name || null, folder: '', file: found.file };
  } catch (error) {
    yield failed(target, null, error);
  }
}

async function* planFolder(
  root: Found,
  lister: Lister,
  options: PlanOptions,
): AsyncGenerator<Planned | RefusedLink> {
  const seen = new Set<string>();
  let files = 0;
  let failures = 0;

  async function* visit(
    folder: Found,
    path: readonly GoogleTarget[],
    place: string,
  ): AsyncGenerator<Planned | RefusedLink> {
    if (seen.has(folder.target.id)) return;
    seen.add(folder.target.id);
    if (path.length > MAX_DEPTH)
      throw new RowtrailError('unsupported_link', `Folders are nested more than ${MAX_DEPTH} deep`);
    const names = new SiblingNames();
    for await (const children of lister.children(folder, path)) {
      for (const child of children) {
        if (files >= MAX_FILES)
          throw new RowtrailError('unsupported_link', `The folder has more than ${MAX_FILES} files`);
        try {
          const found = await child.found();
          if (found.target.kind === 'folder') {
            const inner = `${place}/${names.next(child.name || found.target.id)}`;
            yield* visit(found, [...path, folder.target], inner);
          } else {
            files += 1;
            yield {
              target: found.target,
              name: found.name || child.name || null,
              folder: place,
              file: found.file,
            };
          }
        } catch (error) {
          failures += 1;
          const failure = failed(child.target ?? folder.target, child.name || null, error);
          yield child.target === null ? { link: viewUrl(folder.target), error: failure.error } : failure;
        }
      }
    }
  }

  const { target, name } = root;
  yield* visit(root, [], await options.rowFolder(name, target.id));
  if (files + failures === 0) throw new RowtrailError('not_found', 'The folder is empty');
}

/** @throws what is no failure of the host's */
function failed(target: DriveTarget, name: string | null, error: unknown): PlannedFailure {
  if (error instanceof RowtrailError) return { target, name, error };
  throw error;
}
