import { contentOf, type Content } from '../content.ts';
import { escapeHtml } from '../markup.ts';
import { fileReply } from '../partial-reply.ts';
import { text, type Reply } from '../reply.ts';
import { attachment } from './download.ts';
import type { DriveFile, Editor } from './drive-file.ts';
import { zipOf } from './zip.ts';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OFFICE_PARTS = {
  docx: { part: 'word/document.xml', type: `${OFFICE}.wordprocessingml.document` },
  xlsx: { part: 'xl/workbook.xml', type: `${OFFICE}.spreadsheetml.sheet` },
  pptx: { part: 'ppt/presentation.xml', type: `${OFFICE}.presentationml.presentation` },
} as const;
type OfficeFormat = keyof typeof OFFICE_PARTS;

const FORMATS: Readonly<Record<Editor, readonly string[]>> = {
  document: ['docx', 'pdf', 'txt'],
  spreadsheets: ['xlsx', 'pdf', 'csv'],
  presentation: ['pptx', 'pdf', 'txt'],
};

/** Exports an editor's document: a small file of the format asked for, around the document's own text. */
export function exportReply(file: DriveFile, editor: Editor, format: string): Reply {
  const made = exportedAs(file, editor, format);
  if (made === null) return text('Bad Request', 'text/plain', 400);
  const { body, mediaType } = made;
  return fileReply({
    content: body,
    headers: { 'content-type': mediaType, 'content-disposition': attachment(`${file.name}.${format}`) },
    range: undefined,
  });
}

/** What an editor's document becomes; null for a format that its editor does not have. */
export function exportedAs(
  file: DriveFile,
  editor: Editor,
  format: string,
): { readonly body: Content; readonly mediaType: string } | null {
  if (!FORMATS[editor].includes(format)) return null;
  const words = file.body.slice(0, file.body.size).toString();
  const { bytes, mediaType } = exported(words, format);
  return { body: contentOf(bytes), mediaType };
}

const PLAIN_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
};

/** The format that the API's media type means, or null. */
export function formatOf(mediaType: string): string | null {
  const office = Object.keys(OFFICE_PARTS).filter(isOffice);
  const plain = Object.keys(PLAIN_TYPES).find((format) => PLAIN_TYPES[format] === mediaType);
  return office.find((format) => OFFICE_PARTS[format].type === mediaType) ?? plain ?? null;
}

/** The addresses of a document's exports as the API lists them, by media type. */
export function exportAddresses(id: string, editor: Editor): Readonly<Record<string, string>> {
  const entries = FORMATS[editor].map((format): [string, string] => {
    const mediaType = isOffice(format) ? OFFICE_PARTS[format].type : (PLAIN_TYPES[format] ?? format);
    const query = new URLSearchParams({ id, exportFormat: format });
    return [mediaType, `https://docs.google.com/feeds/download/${editor}/export/Export?${query}`];
  });
  return Object.fromEntries(entries);
}

function exported(words: string, format: string): { bytes: Buffer; mediaType: string } {
  if (isOffice(format)) return { bytes: officeFile(words, format), mediaType: OFFICE_PARTS[format].type };
  if (format === 'pdf') return { bytes: pdfFile(words), mediaType: 'application/pdf' };
  return { bytes: Buffer.from(words), mediaType: format === 'csv' ? 'text/csv' : 'text/plain' };
}

function isOffice(format: string): format is OfficeFormat {
  return Object.hasOwn(OFFICE_PARTS, format);
}

/** The least that passes for a file of an office program: its content types, its root, its words. */
function officeFile(words: string, format: OfficeFormat): Buffer {
  const { part, type } = OFFICE_PARTS[format];
  const schemas = 'http://schemas.openxmlformats.org';
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  return zipOf({
    '[Content_Types].xml': `${head}<Types xmlns="${schemas}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/${part}" ContentType="${type}.main+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${schemas}/package/2006/relationships"><Relationship Id="rId1" Type="${schemas}/officeDocument/2006/relationships/officeDocument" Target="${part}"/></Relationships>`,
    [part]: mainPart(
      words,
      format,
      `${schemas}/${format === 'docx' ? 'wordprocessingml' : format === 'xlsx' ? 'spreadsheetml' : 'presentationml'}/2006/main`,
    ),
  });
}

function mainPart(words: string, format: OfficeFormat, namespace: string): string {
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  switch (format) {
    case 'docx':
      return `${head}<w:document xmlns:w="${namespace}"><w:body><w:p><w:r><w:t>${escapeHtml(words)}</w:t></w:r></w:p></w:body></w:document>`;
    case 'xlsx':
      return `${head}<workbook xmlns="${namespace}"><!-- ${escapeHtml(words).replaceAll('--', '- -')} --><sheets/></workbook>`;
    case 'pptx':
      return `${head}<p:presentation xmlns:p="${namespace}"><!-- ${escapeHtml(words).replaceAll('--', '- -')} --></p:presentation>`;
  }
}

function pdfFile(words: string): Buffer {
  const comment = words.replaceAll(/[\r\n]+/g, ' ');
  return Buffer.from(
    `%PDF-1.4\n% ${comment}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
  );
}
