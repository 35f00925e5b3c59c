import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import { PROMETHEUS_CONTENT_TYPE, RowtrailError } from '../../index.ts';
import type { ApiError, RunState, SettingsView } from '../contract.ts';
import { OfficeError } from '../data/data-client.ts';
import { PAGE_FOLDER } from '../page-folder.ts';
import type { Desk } from './desk.ts';
import { cookieFor, type GuardOptions, refusalOf } from './guard.ts';
import { SAFE_HEADERS } from './headers.ts';
import { MOST_CLIENTS } from './live-clients.ts';
import { chosenRows, fileQuery, rowQuery, rowsQuery } from './queries.ts';
import { isVisit, refusalPage } from './refusal-page.ts';
import { sendFile } from './send-file.ts';

const BODY_BYTES = 512 * 1024;
const REQUEST_MS = 30_000;
const NO_PAGE = `<!doctype html><html lang="en"><title>rowtrail</title><p>The dashboard's page is not built. Run <code>npm run build</code> in rowtrail's folder and load this page again.</p></html>\n`;

export interface AppOptions {
  readonly desk: Desk;
  readonly settings: SettingsView;
  /** Absolute. */
  readonly folders: readonly string[];
  /** Asked at each request: the port is known once the server listens. */
  readonly guard: () => GuardOptions;
}

/** The dashboard's server, without its socket. */
export async function buildApp({ desk, settings, folders, guard }: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const given = { method: request.method, url: request.url, headers: request.headers };
    const refusal = refusalOf(given, guard());
    if (refusal !== null)
      return isVisit(request.headers)
        ? reply.code(refusal.status).type('text/html; charset=utf-8').send(refusalPage(refusal.message))
        : sendError(reply, refusal.status, refusal.status === 401 ? 'no_token' : 'refused', refusal.message);
    const cookie = cookieFor(given, guard());
    if (cookie !== null) reply.header('set-cookie', cookie);
    return undefined;
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store');
  });
  app.setErrorHandler((error, _, reply) => answerError(error, reply));
  app.setNotFoundHandler((_, reply) =>
    sendError(reply, 404, 'not_found', 'there is nothing under this address'),
  );
  // The only content that is taken: what a form or a text of another page can send is not.
  app.removeContentTypeParser('text/plain');
  await addPage(app);
  addReading(app, { desk, settings, folders, guard });
  addDoing(app, desk);
  return app;
}

async function addPage(app: FastifyInstance): Promise<void> {
  if (!existsSync(join(PAGE_FOLDER, 'index.html'))) {
    app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(NO_PAGE));
    return;
  }
  await app.register(fastifyStatic, {
    root: PAGE_FOLDER,
    index: ['index.html'],
    serveDotFiles: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = path.includes(`${join('page', 'assets')}`);
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

function addReading(app: FastifyInstance, { desk, settings, folders }: AppOptions): void {
  const { data } = desk;
  app.get('/api/overview', async () => desk.overview());
  app.get('/api/rows', async (request) => {
    const { offset, limit, ...query } = rowsQuery.parse(request.query);
    return data.call('rows', query, offset, limit);
  });
  app.get('/api/rows/facets', async () => data.call('facets'));
  app.get('/api/row', async (request, reply) => {
    const { id } = rowQuery.parse(request.query);
    return (await data.call('row', id)) ?? sendError(reply, 404, 'no_row', 'the CSV has no such row');
  });
  app.get('/api/failures', async () => data.call('failures'));
  app.get('/api/failures.csv', async (_, reply) => {
    reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="failed.csv"');
    return reply.send(await data.call('failuresCsv'));
  });
  app.get('/api/trend', async () => data.call('trend'));
  app.get('/api/settings', async () => settings);
  app.get('/api/file', async (request, reply) => {
    const { path, download } = fileQuery.parse(request.query);
    const sent = await sendFile(request, reply, { path, folders, download: download === '1' });
    return sent ?? sendError(reply, 404, 'no_file', 'there is no such file in the download folders');
  });
  app.get('/api/events', (request, reply) => {
    if (desk.live.count >= MOST_CLIENTS)
      return sendError(reply, 503, 'too_many', 'too many pages are open: close some of them');
    reply.hijack();
    request.raw.socket.setNoDelay(true);
    reply.raw.writeHead(200, {
      ...SAFE_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    desk.listen(reply.raw);
    return undefined;
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(PROMETHEUS_CONTENT_TYPE).send(await data.call('metrics')),
  );
  app.get('/healthz', async (_, reply) => {
    const health = desk.health();
    return reply.code(health.status === 'ok' ? 200 : 503).send(health);
  });
}

function addDoing(app: FastifyInstance, desk: Desk): void {
  const { data } = desk;
  app.post('/api/reset', async (request) => {
    const { rowIds, type } = chosenRows.parse(request.body);
    return { reset: await data.call('reset', rowIds, type) };
  });
  app.post('/api/retry', async (request): Promise<{ reset: number; run: RunState }> => {
    const { rowIds, type } = chosenRows.parse(request.body);
    const reset = await data.call('resetFailed', rowIds, type);
    return { reset, run: await desk.startRun() };
  });
  app.post('/api/run/start', async (_, reply) => {
    const run = await desk.runState();
    if (run.state !== 'idle') return sendError(reply, 409, 'locked', 'a run works on this CSV already');
    return desk.startRun();
  });
  for (const wish of ['pause', 'resume', 'stop'] as const)
    app.post(`/api/run/${wish}`, async () => desk.ask(wish));
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return sendError(
      reply,
      400,
      'bad_request',
      `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
    );
  }
  if (error instanceof OfficeError)
    return reply.code(statusOf(error.told.cause)).send({ error: error.told } satisfies ApiError);
  if (error instanceof RowtrailError)
    return sendError(reply, statusOf(error.code), error.code, error.message, error.nextStep);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const isTheirs = status >= 400 && status < 500;
  const message =
    isTheirs && error instanceof Error ? error.message : 'something went wrong in the dashboard';
  return sendError(reply, isTheirs ? status : 500, isTheirs ? 'bad_request' : 'unknown', message);
}

function statusOf(cause: string): number {
  if (cause === 'file_missing') return 503;
  return cause === 'usage' || cause === 'locked' ? 409 : 500;
}

function sendError(
  reply: FastifyReply,
  status: number,
  cause: string,
  message: string,
  nextStep = 'Load the page again; if it stays, start `rowtrail serve` anew.',
): FastifyReply {
  return reply.code(status).send({ error: { cause, message, nextStep } } satisfies ApiError);
}
