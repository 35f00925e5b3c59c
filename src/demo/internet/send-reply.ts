import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocksOf } from './content.ts';
import type { Fault } from './faults.ts';
import { html, json, type Reply } from './reply.ts';
import type { Answer } from './site.ts';

/** Pieces a second that a slow body is cut into: smooth enough for a progress bar. */
const SLOW_PIECES_PER_SECOND = 10;

/**
 * Sends an answer, with everything that its fault does to it.
 * Ends early, without an error, when the client goes away; rejects when `signal` aborts a wait.
 */
export async function sendReply(
  response: ServerResponse,
  { reply, fault }: Answer,
  { headOnly, signal }: { headOnly: boolean; signal: AbortSignal },
): Promise<void> {
  await fault.until;
  if (fault.latencyMs !== undefined) await sleep(fault.latencyMs, undefined, { signal });
  const shown = fault.status === undefined ? reply : errorReply(fault.status, fault);
  const end = Math.min(shown.body.size, fault.cutAfterBytes ?? Infinity);
  const promised = shown.promisedLength ?? shown.body.size;
  response.writeHead(shown.status, {
    ...shown.headers,
    ...(shown.chunked ? {} : { 'content-length': String(promised) }),
  });
  if (headOnly) {
    response.end();
    return;
  }
  response.flushHeaders();
  await sendBody(response, { reply: shown, end, fault, signal });
  if (end < shown.body.size || promised > shown.body.size) response.destroy();
  else response.end();
}

async function sendBody(
  response: ServerResponse,
  { reply, end, fault, signal }: { reply: Reply; end: number; fault: Fault; signal: AbortSignal },
): Promise<void> {
  const rate = fault.bytesPerSecond;
  if (rate === undefined) {
    for (const block of blocksOf(reply.body, 0, end)) if (!(await delivered(response, block))) return;
    return;
  }
  const step = Math.max(1, Math.round(rate / SLOW_PIECES_PER_SECOND));
  for (let at = 0; at < end; at += step) {
    const piece = reply.body.slice(at, Math.min(end, at + step));
    await sleep((piece.length / rate) * 1000, undefined, { signal });
    if (!(await delivered(response, piece))) return;
  }
}

/** Resolves when the bytes were handed to the system; false when the client is gone. */
function delivered(response: ServerResponse, bytes: Buffer): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once('close', gone);
    response.write(bytes, (error) => {
      response.off('close', gone);
      resolve(!error);
    });
  });
}

function errorReply(status: number, { retryAfter, reason, detail }: Fault): Reply {
  const title = `Error ${status}`;
  const reply =
    reason === undefined
      ? html(`<!DOCTYPE html><html><head><title>${title}</title></head><body>${title}</body></html>`, status)
      : json(
          {
            error: {
              code: status,
              message: title,
              errors: [{ domain: 'usageLimits', reason }],
              ...(detail === undefined ? {} : { details: [errorInfo(detail)] }),
            },
          },
          status,
        );
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfter) } };
}

function errorInfo(reason: string): object {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' };
}
