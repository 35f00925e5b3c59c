import { queryObjects } from 'node:v8';
import { expect, it } from 'vitest';
import { TaskFeed } from '../../src/workflow/planning/task-feed.ts';
import { PauseBoard } from '../../src/workflow/pacing/pause-board.ts';
import { Places } from '../../src/workflow/pacing/places.ts';
import type { Task } from '../../src/workflow/planning/tasks.ts';
import { HandClock, settle } from '../hosts/hand-clock.ts';

async function* nothing(): AsyncGenerator<Task> {}

const taskOf = (rowId: string) => ({ row: { context: { rowId } } }) as Task;

it('whoever waits for a retry takes another one that is added meanwhile and due before it', async () => {
  const clock = new HandClock();
  const feed = new TaskFeed(nothing(), clock, new PauseBoard());
  feed.retry(taskOf('late'), 60_000);
  const next = feed.next();
  await settle();
  feed.retry(taskOf('soon'), 1000);
  await clock.pass(1000);
  expect((await next)?.row.context.rowId).toBe('soon');
});

it('keeps nothing of the downloads that it gave', async () => {
  async function* many(): AsyncGenerator<Task> {
    for (let row = 0; row < 20_000; row++) yield taskOf(String(row));
  }
  const feed = new TaskFeed(many(), new HandClock(), new PauseBoard());
  for (let row = 0; row < 1000; row++) await feed.next();
  const before = queryObjects(Promise, { format: 'count' });
  for (let row = 0; row < 10_000; row++) await feed.next();
  expect(queryObjects(Promise, { format: 'count' }) - before).toBeLessThan(1000);
  expect((await feed.next())?.row.context.rowId).toBe('11000');
});

it('so many are inside at once, and the others come in in order', async () => {
  const places = new Places(2);
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const inside: number[] = [];
  const all = ends.map(({ promise }, n) =>
    places.within(async () => {
      inside.push(n);
      await promise;
      if (n === 1) throw new Error('a failure leaves its place, too');
    }),
  );
  await settle();
  expect(inside).toEqual([0, 1]);
  ends[1]?.resolve();
  await expect(all[1]).rejects.toThrow('leaves its place');
  expect(inside).toEqual([0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await Promise.allSettled(all);
  expect(inside).toEqual([0, 1, 2, 3]);
});
