import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../setup/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/people.csv', import.meta.url));
const INDEX = new URL('../../src/index.ts', import.meta.url).href;

/** A user's own program: the ledger's thread records, and another one hashes. */
const PROGRAM = `
import { DownloadResult, findRowByFile, getDownloadStatusSummary, RowContext, updateCsvDownloadStatus } from ${JSON.stringify(INDEX)};
const rowContext = new RowContext({ rowId: '001', rowIndex: 0, type: 'FF-Fi/Se-CP/B(S) #1', name: 'Ada Lovelace', email: 'ada@example.org' });
const result = { success: false, filesDownloaded: [], mediaId: null, errorMessage: 'no', metadataFile: null, rowContext };
await updateCsvDownloadStatus(0, 'youtube', new DownloadResult(result), 'people.csv');
console.log((await getDownloadStatusSummary('people.csv')).youtube.failed, await findRowByFile('people.csv', '.'));
`;

test.each([
  ['a larger heap', ['--max-old-space-size=600']],
  ['flags of V8', ['--expose-gc', '--stack-trace-limit=20']],
  ['a program on the command line', ['--input-type=module']],
  ['a program on the command line with a larger heap', ['--max-old-space-size=600', '--input-type=module']],
])('threads start under %s', async (_, flags) => {
  const cwd = await tempFolder();
  await cp(EXAMPLE, join(cwd, 'people.csv'));
  await writeFile(join(cwd, 'program.mjs'), PROGRAM);
  const program = flags.includes('--input-type=module') ? ['--eval', PROGRAM] : ['program.mjs'];
  expect(await run([process.execPath, ...flags, ...program], { cwd })).toMatchObject({
    stderr: '',
    stdout: '1 null\n',
    code: 0,
  });
});
