import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Internet } from '../../src/demo/internet/index.ts';
import { CAUSES, listFailures, runWorkflow, type RunSummary } from '../../src/index.ts';
import { desk, HEADER, json, reach } from '../cli/fixtures.ts';
import { runCli } from '../support/cli.ts';
import { startTestInternet } from '../support/internet.ts';
import { readCells } from '../tracker/fixtures.ts';
import { expectEverywhere } from './evidence.ts';
import { PLANTINGS } from './plantings.ts';
import { SURROUNDINGS } from './surroundings.ts';

let internet: Internet;
beforeAll(async () => {
  internet = await startTestInternet();
});
afterAll(() => internet.close());

const rowFor = (rowId: string, type: string, link: string) =>
  `${rowId},A,a@x,T,${type === 'youtube' ? link : ''},${type === 'drive' ? link : ''}`;

describe('what goes wrong where and how rowtrail is started', () => {
  it.for(Object.entries(SURROUNDINGS).map((entry, at) => [...entry, at] as const))(
    '%s',
    async ([, { cause, type, plant, start }, at], ctx) => {
      const work = await desk([HEADER, rowFor('1', type, plant(internet, 1000 + at))]);
      const how = start === undefined ? {} : await start({ ...work, internet });
      if (how === null) return ctx.skip('this machine does not let it be provoked');
      const { args = [], env = {}, through = [] } = how;
      const result = await runCli(
        ['run', 'people.csv', '--json', '--retry-attempts', '1', ...args],
        { cwd: work.folder, env: { ...reach(internet), ...env }, through },
      );
      expect(result.code, result.stderr).toBe(3);
      const { category, nextStep } = CAUSES[cause];
      expect(json(result)).toMatchObject({
        failures: [{ row_id: '1', download_type: type, cause, category, next_step: nextStep }],
      });
      await expectEverywhere({ csv: work.csv, rowId: '1', type, cause });
    },
  );
});
