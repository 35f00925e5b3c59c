import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addExampleWorld } from '../../../../src/demo/example-world.ts';
import type { Internet } from '../../../../src/demo/internet/index.ts';
import { startTestInternet } from '../../../support/internet.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/people.csv', import.meta.url));

/** What a hostile person writes into a cell: markup that would run, directions, controls, and far too much. */
export const HOSTILE_NAME = '<img src=x onerror="window.hacked=1">\u202egnp.exe\u0007';
const HOSTILE_TYPE = '"><script>window.hacked=2</script>';

export interface PageWorld {
  readonly folder: string;
  readonly csv: string;
  readonly internet: Internet;
  /** What `serve` is told of this internet. */
  readonly flags: readonly string[];
  /** The bytes a second of the slow files from now on; null for as fast as it goes. */
  slow(bytesPerSecond: number | null): void;
  close(): Promise<void>;
}

/** The example's rows and some that take their time, on a loopback internet, in a folder of their own. */
export async function openPageWorld(): Promise<PageWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rowtrail-page-')));
  const internet = await startTestInternet();
  addExampleWorld(internet);
  const slowFiles = [1, 2, 3].map((number) =>
    internet.drive.addFile({
      id: `1SlowAsASnail0000${number}`,
      name: `snail ${number}.bin`,
      mediaType: 'application/octet-stream',
      body: { size: 4_000_000, seed: number },
      checksums: 'right',
      rangesIgnored: true,
    }),
  );
  internet.drive.addFile({
    id: '1HostileTitle0000099',
    name: '<b onclick=alert(1)>\u202etxt.\u2066x',
    body: 'x',
  });
  const link = (id: string): string => `https://drive.google.com/file/d/${id}/view`;
  const rows = [
    ...slowFiles.map(
      ({ id }, at) => `10${at + 1},Snail ${at + 1},snail@example.org,MM,Kiel,,,${link(id)},slow`,
    ),
    `666,"${HOSTILE_NAME.replaceAll('"', '""')}",x@example.org,"${HOSTILE_TYPE.replaceAll('"', '""')}",,,,${link('1HostileTitle0000099')},`,
    `667,${'long '.repeat(20_000)},y@example.org,FF,,,javascript:alert(1),,`,
  ];
  const csv = join(folder, 'people.csv');
  await writeFile(csv, `${readFileSync(EXAMPLE, 'utf8').trimEnd()}\r\n${rows.join('\r\n')}\r\n`);
  return {
    folder,
    csv,
    internet,
    flags: [
      '--proxy',
      internet.proxyUrl,
      '--ca-cert',
      internet.caCertFile,
      '--pace',
      'off',
      '--max-wait',
      '0',
    ],
    slow: (bytesPerSecond) => {
      for (const file of slowFiles)
        file.faults = bytesPerSecond === null ? {} : { download: { bytesPerSecond } };
    },
    close: async () => {
      await internet.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
