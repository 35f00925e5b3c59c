import { expect, it } from 'vitest';
import { DownloadMonitor, renderReportHtml } from '../../src/monitoring/index.ts';
import { withoutPerson } from '../../src/monitoring/failed-downloads.ts';
import { PERSONAL, peopleCsv, record } from './fixtures.ts';

it('no name and no e-mail address of a row leaves the CSV, even where a host repeats it', async () => {
  const { folder: _, ...options } = await peopleCsv();
  const ended = { endedAt: new Date() };
  await record(options.csvPath, {
    rowId: '1',
    cause: 'not_shared',
    message: 'Sorry ZEPHYRINE, "CV of Quillfeather.pdf" of zephyrine.q@example.org is not shared',
    ...ended,
  });
  await record(options.csvPath, {
    rowId: '1',
    downloadType: 'drive',
    cause: 'timeout',
    message: 'quillfeather@drive.example.com did not answer',
    ...ended,
  });
  await record(options.csvPath, {
    rowId: '2',
    cause: 'private',
    message: 'Oxbow-Tarn has made it private',
    ...ended,
  });
  const monitor = new DownloadMonitor(options);
  const report = await monitor.generateReport({ includeDetails: true });
  expect(report.failedDownloads).toHaveLength(3);
  const told = [
    JSON.stringify(report),
    renderReportHtml(report),
    await monitor.collectPrometheus(),
    JSON.stringify(await monitor.getDownloadStats()),
  ].map((text) => text.toLowerCase());
  for (const text of told) for (const word of PERSONAL) expect(text).not.toContain(word.toLowerCase());
  expect(told[2]).not.toContain(options.csvPath.toLowerCase());
});

it('a name that means something in a pattern is taken as it is', () => {
  const failure = {
    rowId: '1',
    name: 'A.*(B) C++ [x',
    email: '',
    downloadType: 'drive' as const,
    link: '',
    line: 2,
    attempts: 1,
    cause: 'timeout',
    category: 'network',
    message: 'C++ by A.*(B) C++ [x is not what A or B wanted',
    permanent: false,
    nextStep: '',
    status: 'failed' as const,
    lastAttempt: null,
    notBefore: null,
  };
  expect(withoutPerson(failure).message).toBe('[name] by [name] is not what A or B wanted');
  const short = { ...failure, name: 'Al', message: 'Also Al_1, AL and Pal: not a Google Drive link' };
  expect(withoutPerson(short).message).toBe('Also [name]_1, [name] and Pal: not a Google Drive link');
});
