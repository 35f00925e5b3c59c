// `npm run screenshots`: the pictures of docs/images/, taken of the demo's rows while a run goes on. The internet is the one
// on loopback, everything else is real.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openPty } from '../test/cli/pty/tmux.ts';
import { openExampleWorld } from '../test/dashboard/page/support/example-world.ts';
import { startServing } from '../test/dashboard/page/support/serving.ts';
import { openBrowser } from '../test/support/browser.ts';
import { pictureTerminal } from './repository/terminal-picture.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');
const SIZE = { width: 1280, height: 800 };
/** Columns and lines. */
const TERMINAL = { columns: 104, rows: 48 };

mkdirSync(images, { recursive: true });
const browser = await openBrowser();
try {
  await withSlowFile(takePagePictures);
  await withSlowFile(takeTerminalPictures);
} finally {
  await browser.close();
}

/**
 * The example's rows, with one file that takes its time, so that there is a transfer to be seen.
 * @param {(world: import('../test/dashboard/page/support/example-world.ts').ExampleWorld) => Promise<void>} work
 */
async function withSlowFile(work) {
  const world = await openExampleWorld();
  const listing = world.internet.drive.addFile({
    id: '1BigListing000000006',
    name: 'apollo-guidance-listing.bin',
    mediaType: 'application/octet-stream',
    body: { size: 3_000_000, seed: 11 },
    behaviour: 'virus',
    rangesIgnored: true,
    faults: { download: { bytesPerSecond: 120_000 } },
  });
  try {
    await work(world);
  } finally {
    listing.faults = {};
    await world.close();
  }
}

/** @param {import('../test/dashboard/page/support/example-world.ts').ExampleWorld} world */
async function takePagePictures({ folder, flags }) {
  const serving = await startServing('people.csv', { cwd: folder, flags });
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(`${serving.url}#/overview`);
    await page.getByRole('button', { name: 'Start a run' }).click();
    await page.getByRole('region', { name: 'Last failures' }).getByText('Emile Berliner').waitFor();
    // What is quick has come by then.
    await page.waitForTimeout(3000);
    await page.locator('.transfer').filter({ hasText: 'Hamilton' }).waitFor();
    await page.screenshot({ path: join(images, 'dashboard-overview.png') });
    const dark = await browser.newPage({ viewport: SIZE, colorScheme: 'dark', reducedMotion: 'reduce' });
    await dark.goto(`${serving.url}#/rows?row=001`);
    await dark.getByText('attempt 1').first().waitFor();
    await dark.waitForTimeout(500);
    await dark.screenshot({ path: join(images, 'dashboard-rows.png') });
  } finally {
    await serving.stop();
  }
}

/** @param {import('../test/dashboard/page/support/example-world.ts').ExampleWorld} world */
async function takeTerminalPictures({ folder, flags }) {
  const launcher = join(root, 'bin', 'rowtrail.js');
  // What is typed in the picture is what a person types: where this internet is stands in the environment.
  const env = Object.fromEntries(
    flags.flatMap((flag, at) =>
      at % 2 === 0
        ? [[`ROWTRAIL_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`, flags[at + 1] ?? '']]
        : [],
    ),
  );
  await using terminal = await openPty({ folder, cwd: folder, ...TERMINAL, env });
  await terminal.press(`alias rowtrail="'${process.execPath}' '${launcher}'"; clear`, 'Enter');
  await sleep(500);
  await terminal.press('rowtrail run people.csv', 'Enter');
  await until(async () => {
    const screen = await terminal.screen();
    return /failed 010/.test(screen) && /^006 Drive .*█/m.test(screen);
  });
  await pictureTerminal(browser, await terminal.screen('colours'), join(images, 'terminal-run.png'));
  await until(async () => /Next: /.test(await terminal.screen()));
  await sleep(300);
  await pictureTerminal(browser, await terminal.screen('colours'), join(images, 'terminal-end.png'));
}

/** @param {() => Promise<boolean>} isThere */
async function until(isThere) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isThere()) return;
    await sleep(100);
  }
  throw new Error('the terminal did not show what was waited for');
}
