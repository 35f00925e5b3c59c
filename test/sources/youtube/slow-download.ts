// A program for tests that kill it: downloads one link into a folder and prints the outcome.
import { downloadYoutubeWithContext } from '../../../src/sources/youtube/index.ts';
import { row } from './loopback.ts';

const [url = '', outputDir = '', proxy = '', caCertFile = '', ytDlp] = process.argv.slice(2);
const result = await downloadYoutubeWithContext(url, row, {
  outputDir,
  network: { proxy, caCertFile },
  pace: 'off',
  tools: { ytDlp },
  onProgress: ({ receivedBytes }) => process.stdout.write(`received ${receivedBytes}\n`),
});
process.stdout.write(`${JSON.stringify(result.getSummary())}\n`);
