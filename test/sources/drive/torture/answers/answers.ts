import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createCertificateAuthority } from '../../../../../src/demo/internet/certificate-authority.ts';
import { aGoogleStory } from './google/google-story.ts';
import { GoogleServer } from './google/google-server.ts';
import { TlsProxy } from './google/tls-proxy.ts';
import { live } from './live.ts';
import { AnswerServer } from './server.ts';
import { aStory } from './story.ts';

/** Stories wait most of their time: so many are lived at once. */
const LANES = 16;
const GOOGLES = ['*.google.com', '*.usercontent.google.com', '*.googleusercontent.com', '*.googleapis.com'];

export interface FuzzOptions {
  readonly stories: number;
  /** Repeats them. */
  readonly seed: number;
  /** Told after each. */
  readonly onStory?: () => void;
}

/**
 * Lives through random stories of what the host of a plain link answers.
 * @param folder an empty folder
 * @throws Error with the smallest stories that were found to go wrong, and the seeds and paths that repeat them
 */
export function fuzzAnswers(folder: string, options: FuzzOptions): Promise<void> {
  const lane = async () =>
    fc.asyncProperty(aStory, async (story) => {
      await inFolder(folder, async (own) => {
        await using server = new AnswerServer(story);
        await server.listen();
        await live(server, story.attempts, own);
      });
      options.onStory?.();
    });
  return inLanes(lane, options);
}

/** As `fuzzAnswers`, of what Google's pages and its API answer. */
export async function fuzzGoogle(folder: string, options: FuzzOptions): Promise<void> {
  const authority = await createCertificateAuthority();
  const caCertFile = join(folder, 'ca.pem');
  await writeFile(caCertFile, authority.certificate);
  const credentials = await authority.issue(GOOGLES);
  await using proxies = new AsyncDisposableStack();
  const lane = async () => {
    const proxy = proxies.use(new TlsProxy(credentials));
    const network = { proxy: await proxy.listen(), caCertFile };
    return fc.asyncProperty(aGoogleStory, async (story) => {
      await inFolder(folder, async (own) => {
        await using server = new GoogleServer(story, proxy, network);
        await live(server, story.attempts, own);
      });
      options.onStory?.();
    });
  };
  await inLanes(lane, options);
}

async function inFolder(folder: string, task: (own: string) => Promise<void>): Promise<void> {
  const own = await mkdtemp(join(folder, 'story-'));
  await task(own);
  await rm(own, { recursive: true });
}

async function inLanes(
  lane: () => Promise<fc.IAsyncProperty<[unknown]>>,
  { stories, seed }: FuzzOptions,
): Promise<void> {
  const lanes = Math.min(LANES, stories);
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, async (_, at) =>
      fc.assert(await lane(), { numRuns: Math.ceil(stories / lanes), seed: seed + at }),
    ),
  );
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  const [first] = errors;
  if (first !== undefined)
    throw new Error(errors.map(({ message, cause }) => `${message}\n${String(cause)}`).join('\n\n'), {
      cause: first,
    });
}
