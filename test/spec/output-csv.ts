import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

export const HEADER = 'row_id,name,email,type,youtube_playlist,google_drive';

/** Ada has both links, Bob a video, Cleo a file, Dora none. */
export const PEOPLE = [
  '007,Ada,ada@example.org,FF-Fi/Se-CP/B(S) #4,https://youtu.be/aaaaaaaaaaa,https://drive.google.com/file/d/1234567890/view',
  'NA,Bob,bob@example.org,MM #1,https://youtu.be/bbbbbbbbbbb,',
  '3,Cleo,cleo@example.org,FM #2,,https://drive.google.com/file/d/abcdefghij/view',
  '4,Dora,dora@example.org,MF #3,,',
];

/** Makes a folder with an output.csv the working directory of the test. @returns the folder */
export async function inFolderOf(lines: readonly string[] = [HEADER, ...PEOPLE]): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, 'output.csv'), lines.map((line) => `${line}\r\n`).join(''));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}

/** Puts a file and the sidecar of an earlier tool, which names the row only, into a download folder. */
export async function putDownload(
  folder: string,
  stem: string,
  row: Readonly<Record<string, unknown>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${stem}.mp4`), 'a video');
  await writeFile(join(folder, `${stem}_metadata.json`), JSON.stringify(row));
}
