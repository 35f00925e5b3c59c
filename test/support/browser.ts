import { chromium, type Browser } from 'playwright-core';
import { findBrowser, NO_BROWSER } from '../../scripts/repository/browser.js';

/** This machine's Chromium without a window. @throws where there is none: a machine without it shows no test as passed. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser(process.env);
  if (executablePath === null) throw new Error(NO_BROWSER);
  // Chromium's sandbox does not start as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}
