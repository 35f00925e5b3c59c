import { randomBytes } from 'node:crypto';
import { getRunState, resolvePlace, RowtrailError } from '../index.ts';
import type { SettingsView } from './contract.ts';
import type { OfficeOptions } from './data/protocol.ts';
import { buildApp } from './http/app.ts';
import { Desk } from './http/desk.ts';
import { isLoopback } from './http/guard.ts';
import type { RunCommand } from './http/run-child.ts';

export interface DashboardOptions extends Pick<
  OfficeOptions,
  'columns' | 'store' | 'folders' | 'alerts' | 'retryAttempts'
> {
  /** As it was given: the commands that the page proposes name it so. */
  readonly csvPath: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where to listen; any other than this machine's own needs a token. */
  readonly host: string;
  /** Made where it is needed and none is given. */
  readonly token: string | undefined;
  readonly settings: SettingsView;
  readonly run: RunCommand;
}

/** A dashboard that listens, until it is disposed of. The run that it started ends with it. */
export interface Dashboard extends AsyncDisposable {
  /** To be opened in a browser; it holds the token where there is one. */
  readonly url: string;
  readonly token: string | null;
  /** Whether a run goes on that was started from it, and ends with it. */
  readonly hasRun: () => boolean;
}

/**
 * Serves the dashboard of a CSV.
 * @throws RowtrailError `file_missing` where there is no such CSV; `usage` where the port is taken or the address is not this machine's
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, port, settings, run, csvPath, folders, ...reading } = options;
  await getRunState(csvPath, { store: reading.store });
  const token = options.token ?? (isLoopback(host) ? null : randomBytes(24).toString('base64url'));
  const absolute = { youtube: resolvePlace(folders.youtube), drive: resolvePlace(folders.drive) };
  const { columns, store, alerts, retryAttempts } = reading;
  const desk = new Desk({ csvPath, folders: absolute, columns, store, alerts, retryAttempts }, run);
  let listening = port;
  const app = await buildApp({
    desk,
    settings,
    folders: Object.values(absolute),
    guard: () => ({ host, port: listening, token }),
  });
  const close = async () => {
    desk.live.close();
    await app.close();
    await desk.close();
  };
  try {
    await app.listen({ host, port });
    const address = app.server.address();
    if (address !== null && typeof address === 'object') listening = address.port;
    await desk.begin();
  } catch (error) {
    await close();
    throw listenError(error, host, port);
  }
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const query = token === null ? '' : `?token=${encodeURIComponent(token)}`;
  return {
    url: `http://${name}:${listening}/${query}`,
    token,
    hasRun: () => desk.hasRun,
    [Symbol.asyncDispose]: close,
  };
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE')
    return new RowtrailError(
      'usage',
      `port ${port} is in use, perhaps by another dashboard: give another one, such as --port ${port + 1}, or --port 0 for any free one`,
    );
  if (code === 'EACCES')
    return new RowtrailError(
      'usage',
      `port ${port} may not be used by you: give one above 1023, such as --port 8787`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new RowtrailError(
      'usage',
      `${host} is no address of this machine: leave --host out, or give 0.0.0.0 for all of them`,
    );
  return error;
}
