import { RowtrailError } from '../../../errors/index.ts';
import { EDITORS, type ExportableKind, isExported } from '../export-formats.ts';
import { isGoogleUrl } from '../http/google-host.ts';
import type { DriveTarget } from '../links/target.ts';

/** Where an editor shows a document; what exports it stands behind another last word. */
const SHOWN =
  /^\/(?:a\/[^/]+\/)?([a-z]+)\/(?:u\/\d+\/)?d\/[\w-]+\/?(?:edit|view|preview|mobilebasic|htmlview)?\/?$/;

/** A link to a file leads to a document of Google's editors: it has no bytes of its own and is exported. */
export class DocumentInstead extends RowtrailError {
  override readonly name = 'DocumentInstead';
  readonly kind: ExportableKind;

  constructor(kind: ExportableKind) {
    const { product } = EDITORS[kind];
    super('unexpected_page', `The page of Google ${product} for a document came instead of a file`);
    this.kind = kind;
  }
}

/** @throws DocumentInstead where an editor shows a document at this address, or says so by its page's title */
export function refuseDocument(address: string, title = ''): void {
  const url = new URL(address);
  if (!isGoogleUrl(url)) return;
  const shown = url.hostname === 'docs.google.com' ? SHOWN.exec(url.pathname)?.[1] : undefined;
  const kinds = Object.keys(EDITORS).filter(isExported);
  const kind = kinds.find(
    (known) => EDITORS[known].editor === shown || title.endsWith(` - Google ${EDITORS[known].product}`),
  );
  if (kind !== undefined) throw new DocumentInstead(kind);
}

/** The document that a link to a file turned out to be. @throws the error where it says nothing of the kind */
export function documentInstead(target: DriveTarget, error: unknown): DriveTarget {
  if (error instanceof DocumentInstead && target.kind === 'file') return { ...target, kind: error.kind };
  throw error;
}
