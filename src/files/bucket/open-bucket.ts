import { BucketClient } from './bucket.ts';
import type { BucketAddress } from './bucket-address.ts';
import { loadSdk } from './load-sdk.ts';
import { storageSettings } from './storage-settings.ts';

/** Connections to one storage at once. */
const MOST_CONNECTIONS = 32;
/** Milliseconds until a connection stands, and until a request that says nothing any more is given up. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
/** How often a request is made in all; what comes between are the library's own waits, which grow. */
const TRIES = 4;

/**
 * A bucket as this environment reaches it. Nothing is asked of it yet. Keys come from where the AWS tools take them.
 * @throws RowtrailError `usage` where the library is missing, or a setting is wrong
 */
export async function openBucket(address: BucketAddress, env: NodeJS.ProcessEnv): Promise<BucketClient> {
  const { endpoint, region, pathStyle } = storageSettings(env);
  const sdk = await loadSdk();
  // Not with this module: whoever imports `node:http` gets Node's fetch with it, which takes 30 ms and 2.5 MB.
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  // `proxyEnv` is Node's own, from 24.5 on; an older one does not know it and goes the straight way.
  const connections = { keepAlive: true, maxSockets: MOST_CONNECTIONS, proxyEnv: env };
  const client = new sdk.S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    forcePathStyle: pathStyle,
    maxAttempts: TRIES,
    // We bring a SHA-256 of our own where it counts; others are not asked for.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      httpAgent: new http.Agent(connections),
      httpsAgent: new https.Agent(connections),
      connectionTimeout: CONNECT_MS,
      requestTimeout: SILENCE_MS,
      throwOnRequestTimeout: true,
    },
  });
  return new BucketClient(address, sdk, client);
}
