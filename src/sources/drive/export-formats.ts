import { RowtrailError } from '../../errors/index.ts';

/** Documents of Google's editors, which have no bytes of their own. */
export type ExportableKind = 'document' | 'spreadsheet' | 'presentation';

/** The editor's name in its addresses and in the titles of its pages, its media type, and what it exports, the usual format first. */
interface EditorFacts {
  readonly editor: string;
  readonly product: string;
  readonly mediaType: string;
  readonly formats: readonly [string, ...string[]];
}

export const EDITORS: Readonly<Record<ExportableKind, EditorFacts>> = {
  document: {
    editor: 'document',
    product: 'Docs',
    mediaType: 'application/vnd.google-apps.document',
    formats: ['docx', 'pdf', 'odt', 'rtf', 'txt', 'epub', 'md'],
  },
  spreadsheet: {
    editor: 'spreadsheets',
    product: 'Sheets',
    mediaType: 'application/vnd.google-apps.spreadsheet',
    formats: ['xlsx', 'pdf', 'ods', 'csv', 'tsv'],
  },
  presentation: {
    editor: 'presentation',
    product: 'Slides',
    mediaType: 'application/vnd.google-apps.presentation',
    formats: ['pptx', 'pdf', 'odp', 'txt'],
  },
};

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** What the API calls a format. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  docx: `${OFFICE}.wordprocessingml.document`,
  xlsx: `${OFFICE}.spreadsheetml.sheet`,
  pptx: `${OFFICE}.presentationml.presentation`,
  pdf: 'application/pdf',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  rtf: 'application/rtf',
  txt: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  epub: 'application/epub+zip',
  md: 'text/markdown',
};

export const EXPORT_FORMATS: readonly string[] = Object.keys(MEDIA_TYPES);

export function isExported(kind: string): kind is ExportableKind {
  return Object.hasOwn(EDITORS, kind);
}

/** The kind of document that a media type of Drive's stands for, or null for a file with bytes of its own. */
export function editorKind(mediaType: string): ExportableKind | null {
  const kinds = Object.keys(EDITORS).filter(isExported);
  return kinds.find((kind) => EDITORS[kind].mediaType === mediaType) ?? null;
}

/**
 * What a document is exported as: the first of the wanted formats that its editor has, else the editor's usual one;
 * null for what is not exported.
 */
export function exportFormatOf(kind: string, wanted: readonly string[]): string | null {
  if (!isExported(kind)) return null;
  const { formats } = EDITORS[kind];
  return wanted.find((format) => formats.includes(format)) ?? formats[0];
}

/** The media type that the API takes for a format. */
export function exportMediaType(format: string): string {
  return MEDIA_TYPES[format] ?? 'application/octet-stream';
}

/** @throws RowtrailError (usage) that names what is no format */
export function checkExportFormats(formats: readonly string[]): void {
  const unknown = formats.find((format) => !Object.hasOwn(MEDIA_TYPES, format));
  if (unknown === undefined) return;
  throw new RowtrailError(
    'usage',
    `"${unknown}" is no export format; there are ${EXPORT_FORMATS.join(', ')}`,
  );
}
