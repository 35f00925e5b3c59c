import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startConnectProxy, type RequestRecord } from './connect-proxy.ts';
import { createDrive, type Drive } from './drive/drive.ts';
import { createMediaMaker } from './media.ts';
import { createWeb, type Web } from './web/web.ts';
import { createYoutube, type Youtube } from './youtube/youtube.ts';

interface InternetOptions {
  /** Where the media that ffmpeg makes are kept for the next start; a temporary folder when absent. */
  readonly mediaDir?: string;
  /** Name or path of ffmpeg. */
  readonly ffmpeg?: string;
  /** Milliseconds before each answer begins, as over a long way (default 0); a fault of its own adds to it. */
  readonly latencyMs?: number;
}

/** A YouTube, a Google Drive and a plain web site on this machine's loopback, with small real media. */
export interface Internet extends AsyncDisposable {
  /** `http://127.0.0.1:port`: the only way in. It answers 502 for every host but those of the sites below. */
  readonly proxyUrl: string;
  /** PEM of the certificate authority to trust, which was made at this start and whose key is nowhere on disk. */
  readonly caCertFile: string;
  readonly youtube: Youtube;
  readonly drive: Drive;
  readonly web: Web;
  /** Every request so far, oldest first, also those to hosts that nobody serves. */
  readonly requests: readonly RequestRecord[];
  /** Ends every connection and removes the temporary folder. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts the loopback internet. It binds 127.0.0.1 only and contacts nobody.
 * Rejects when no port or no temporary folder is to be had; ffmpeg is needed only once media are asked for.
 */
export async function startInternet({
  mediaDir,
  ffmpeg = 'ffmpeg',
  latencyMs = 0,
}: InternetOptions = {}): Promise<Internet> {
  const dir = await mkdtemp(join(tmpdir(), 'rowtrail-internet-'));
  // Loaded here: what makes certificates weighs too much for who only imports this module.
  const { createCertificateAuthority } = await import('./certificate-authority.ts');
  const ca = await createCertificateAuthority();
  const caCertFile = join(dir, 'ca.pem');
  await writeFile(caCertFile, ca.certificate);
  const closing = new AbortController();
  const media = createMediaMaker({ dir: mediaDir ?? join(dir, 'media'), ffmpeg, signal: closing.signal });
  const { youtube, site: youtubeSite } = createYoutube(media);
  const { drive, site: driveSite } = createDrive();
  const { web, site: webSite } = createWeb();
  const sites = [youtubeSite, driveSite, webSite];
  const requests: RequestRecord[] = [];
  const proxy = await startConnectProxy({
    sites,
    credentials: await ca.issue(sites.flatMap((site) => site.hosts)),
    record: (request) => requests.push(request),
    latencyMs,
  });
  const close = async (): Promise<void> => {
    closing.abort();
    await proxy.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  return {
    proxyUrl: proxy.url,
    caCertFile,
    youtube,
    drive,
    web,
    requests,
    close,
    [Symbol.asyncDispose]: close,
  };
}
