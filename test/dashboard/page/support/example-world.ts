import { copyFile, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addExampleWorld } from '../../../../src/demo/example-world.ts';
import type { Internet } from '../../../../src/demo/internet/index.ts';
import { startTestInternet } from '../../../support/internet.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/people.csv', import.meta.url));

export interface ExampleWorld {
  readonly folder: string;
  readonly csv: string;
  readonly internet: Internet;
  /** What a command is told of this internet. */
  readonly flags: readonly string[];
  close(): Promise<void>;
}

/** The example's rows on a loopback internet, in a folder of their own. */
export async function openExampleWorld(): Promise<ExampleWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rowtrail-page-')));
  const csv = join(folder, 'people.csv');
  await copyFile(EXAMPLE, csv);
  const internet = await startTestInternet();
  addExampleWorld(internet);
  const { proxyUrl, caCertFile } = internet;
  return {
    folder,
    csv,
    internet,
    flags: ['--proxy', proxyUrl, '--ca-cert', caCertFile, '--pace', 'off', '--max-wait', '0'],
    close: async () => {
      await internet.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
