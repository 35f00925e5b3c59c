import { readFile, writeFile } from 'node:fs/promises';
import { type ExampleWorld, openExampleWorld } from './example-world.ts';

/** What a hostile person writes into a cell: markup that would run, directions, controls, and far too much. */
export const HOSTILE_NAME = '<img src=x onerror="window.hacked=1">\u202egnp.exe\u0007';
const HOSTILE_TYPE = '"><script>window.hacked=2</script>';

export interface PageWorld extends ExampleWorld {
  /** The bytes a second of the slow files from now on; null for as fast as it goes. */
  slow(bytesPerSecond: number | null): void;
}

/** The example's rows and some that take their time, on a loopback internet, in a folder of their own. */
export async function openPageWorld(): Promise<PageWorld> {
  const world = await openExampleWorld();
  const { internet, csv } = world;
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
  await writeFile(csv, `${(await readFile(csv, 'utf8')).trimEnd()}\r\n${rows.join('\r\n')}\r\n`);
  return {
    ...world,
    slow: (bytesPerSecond) => {
      for (const file of slowFiles)
        file.faults = bytesPerSecond === null ? {} : { download: { bytesPerSecond } };
    },
  };
}
