// `npm run screenshots`: the pictures of docs/images/, taken of the demo's rows while a run goes on. The internet is the one
// on loopback, everything else is real.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { addExampleWorld } from '../src/demo/example-world.ts';
import { startInternet } from '../src/demo/internet/index.ts';
import { findBrowser, NO_BROWSER } from './repository/browser.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');
const SIZE = { width: 1280, height: 800 };

const folder = mkdtempSync(join(tmpdir(), 'rowtrail-screenshots-'));
const internet = await startInternet({ mediaDir: join(root, 'node_modules', '.cache', 'loopback-media') });
addExampleWorld(internet);
// So that there is a transfer to be seen.
const listing = internet.drive.addFile({
  id: '1BigListing000000006',
  name: 'apollo-guidance-listing.bin',
  mediaType: 'application/octet-stream',
  body: { size: 3_000_000, seed: 11 },
  behaviour: 'virus',
  rangesIgnored: true,
  faults: { download: { bytesPerSecond: 120_000 } },
});
copyFileSync(join(root, 'examples', 'people.csv'), join(folder, 'people.csv'));
const network = [
  '--proxy',
  internet.proxyUrl,
  '--ca-cert',
  internet.caCertFile,
  '--pace',
  'off',
  '--max-wait',
  '0',
];
const launcher = join(root, 'bin', 'rowtrail.js');
const serving = spawn(process.execPath, [launcher, 'serve', 'people.csv', '--port', '0', ...network], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'pipe'],
});

try {
  const url = await addressOf(serving);
  const executablePath = findBrowser(process.env);
  if (executablePath === null) throw new Error(NO_BROWSER);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    await takePictures(browser, url);
  } finally {
    await browser.close();
  }
} finally {
  listing.faults = {};
  serving.kill('SIGINT');
  await internet.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {import('playwright-core').Browser} browser @param {string} url */
async function takePictures(browser, url) {
  mkdirSync(images, { recursive: true });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(`${url}#/overview`);
  await page.getByRole('button', { name: 'Start a run' }).click();
  await page.getByRole('region', { name: 'Last failures' }).getByText('Emile Berliner').waitFor();
  // What is quick has come by then.
  await page.waitForTimeout(3000);
  await page.locator('.transfer').filter({ hasText: 'Hamilton' }).waitFor();
  await page.screenshot({ path: join(images, 'dashboard-overview.png') });
  const dark = await browser.newPage({ viewport: SIZE, colorScheme: 'dark', reducedMotion: 'reduce' });
  await dark.goto(`${url}#/rows?row=001`);
  await dark.getByText('attempt 1').first().waitFor();
  await dark.waitForTimeout(500);
  await dark.screenshot({ path: join(images, 'dashboard-rows.png') });
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<string>} */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    /** @param {unknown} text */
    const look = (text) => {
      said += String(text);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found !== null) resolve(`${found[0]}/`);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`serve ended: ${said}`)));
  });
}
