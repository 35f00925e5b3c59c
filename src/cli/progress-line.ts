import type { VerifyProgress } from '../index.ts';
import { bytesText } from './render/words.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two changes of the line. */
const EVERY_MS = 200;

/** One line on stderr that says how far the reading of files is; nothing where no person watches. */
export function openProgressLine({ stderr, interactive }: Terminal, word: string) {
  let shownAt = 0;
  let isShown = false;
  return {
    show: ({ files, totalFiles, bytes, totalBytes }: VerifyProgress) => {
      const now = performance.now();
      if (!interactive || now - shownAt < EVERY_MS) return;
      shownAt = now;
      isShown = true;
      stderr.write(
        `\r\u001B[K${word} ${files}/${totalFiles}, ${bytesText(bytes)} of ${bytesText(totalBytes)}`,
      );
    },
    close: () => {
      if (isShown) stderr.write('\r\u001B[K');
      isShown = false;
    },
  };
}
