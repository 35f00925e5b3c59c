import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../../support/temp-folder.ts';
import { type Begun, deliveriesIn } from './deliveries.ts';
import { notContinued } from './held-parts.ts';

const KIB = 1024;
const PATH = '/1.bin';
const DATE = 'Sun, 13 Sep 2020 12:27:40 GMT';

const ask = (id: number, range: string | null) => ['ask', id, PATH, range];
const whole = (id: number, size: number, isWrong = false) => [
  ...['head', id, 200, null, String(size), DATE, isWrong],
];
const part = (id: number, from: number, to: number, size: number) => [
  ...['head', id, 206, `bytes ${from}-${to - 1}/${size}`, String(to - from), DATE, false],
];
const data = (id: number, bytes: number) => ['data', id, bytes];
const end = (id: number, isWhole: boolean) => ['end', id, isWhole];

/** What came twice, by answer, of the client's lives. */
async function againIn(
  lives: readonly (readonly (readonly unknown[])[])[],
  mayBeginAnew: (begun: Begun) => boolean = () => false,
) {
  const folder = await tempFolder();
  const logs = lives.map((_, life) => join(folder, String(life)));
  for (const [life, lines] of lives.entries())
    await writeFile(logs[life] ?? '', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { answers, requests } = await deliveriesIn(logs, mayBeginAnew);
  return { again: answers.map(({ again, ended }) => [ended, again]), requests };
}

const SIZE = 4000 * KIB;
const first = [ask(1, null), whole(1, SIZE), data(1, 3000 * KIB)];

it('charges an answer that was cut with what had to come again', async () => {
  const rest = [
    ask(2, `bytes=${2500 * KIB}-`),
    part(2, 2500 * KIB, SIZE, SIZE),
    data(2, 1500 * KIB),
    end(2, true),
  ];
  const { again } = await againIn([[...first, end(1, false)], rest]);
  expect(again).toEqual([
    ['cut', 500 * KIB],
    ['whole', 0],
  ]);
});

it('charges an answer that ran into what another one had brought', async () => {
  const { again } = await againIn([
    [
      ...first,
      ...[ask(2, `bytes=${3000 * KIB}-`), part(2, 3000 * KIB, SIZE, SIZE), data(2, 1000 * KIB), end(2, true)],
      ...[data(1, 64 * KIB), end(1, false)],
    ],
  ]);
  expect(again).toEqual([
    ['cut', 64 * KIB],
    ['whole', 0],
  ]);
});

it('charges a whole answer where nobody had a reason to ask again, and nothing where the host gave one', async () => {
  const twice = [
    ...[ask(1, null), whole(1, SIZE), data(1, SIZE), end(1, true)],
    ...[ask(2, null), whole(2, SIZE), data(2, SIZE), end(2, true)],
  ];
  expect((await againIn([twice])).again).toEqual([
    ['whole', SIZE],
    ['whole', 0],
  ]);
  expect((await againIn([twice], () => true)).again).toEqual([
    ['whole', 0],
    ['whole', 0],
  ]);
});

it('takes wrong bytes for a reason to ask again once all have come, however often the file was asked for before', async () => {
  const wrong = [ask(1, null), whole(1, SIZE, true), data(1, SIZE), end(1, true)];
  const killed = [ask(1, null), whole(1, SIZE), data(1, SIZE)];
  const anew = [ask(2, null), whole(2, SIZE), data(2, SIZE), end(2, true)];
  const isWrong = (begun: Begun) => begun.isWrong;
  // What the kill cost is charged to the answers before it, what the wrong bytes cost to nobody.
  const told = await againIn([killed, killed, [...wrong, ...anew]], isWrong);
  expect(told.again).toEqual([
    ['cut', SIZE],
    ['cut', SIZE],
    ['whole', 0],
    ['whole', 0],
  ]);
  const cut = [ask(1, null), whole(1, SIZE, true), data(1, 1000 * KIB), end(1, false)];
  expect((await againIn([[...cut, ...anew]], isWrong)).again).toEqual([
    ['cut', 1000 * KIB],
    ['whole', 0],
  ]);
});

it('sees a part that was not continued where it stood', async () => {
  const { requests } = await againIn([first, [ask(2, `bytes=${2000 * KIB}-`)]]);
  const held = (kib: number) => ({ path: PATH, size: SIZE, life: 0, ranges: [{ start: 0, end: kib * KIB }] });
  expect(notContinued(held(2000), requests)).toBeNull();
  expect(notContinued(held(2500), requests)).toContain(
    `was ${2500 * KIB}, and it was asked for from ${2000 * KIB}`,
  );
});
