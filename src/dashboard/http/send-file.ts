import { create } from 'content-disposition';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { basename } from 'node:path';
import { contentOf } from '../data/content-type.ts';
import { openFile } from '../data/inside-folders.ts';
import { fileHeaders } from './headers.ts';

/** The part of a file that is asked for. @returns null: all of it; `unsatisfiable`: there is no such part. Pure. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (asked === null) return null;
  const [, from = '', to = ''] = asked;
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

/** Sends a file of the download folders, or a part of it; null where there is none that may be seen. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    path,
    folders,
    download,
  }: { readonly path: string; readonly folders: readonly string[]; readonly download: boolean },
): Promise<FastifyReply | null> {
  const handle = await openFile(path, folders);
  if (handle === null) return null;
  try {
    const { size } = handle;
    const { mime, preview } = await contentOf(handle);
    reply
      .headers(fileHeaders(preview === 'pdf'))
      .header('accept-ranges', 'bytes')
      .header('cache-control', 'no-store');
    reply.type(mime);
    if (download || preview === null)
      reply.header('content-disposition', create(basename(path), { type: 'attachment' }));
    const range = rangeOf(request.headers.range, size);
    if (range === 'unsatisfiable') {
      await handle.close();
      return reply.code(416).header('content-range', `bytes */${size}`).send();
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range !== null) reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
    reply.header('content-length', size === 0 ? 0 : end - start + 1);
    if (size === 0 || request.method === 'HEAD') {
      await handle.close();
      return reply.send(size === 0 ? '' : undefined);
    }
    return reply.send(await handle.stream({ start, end }));
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}
