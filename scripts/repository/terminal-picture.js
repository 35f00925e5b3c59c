import { AnsiUp } from 'ansi_up';

/** A terminal's look: the colours that most of them have in dark. */
const STYLE = `
  body { margin: 0; padding: 20px; width: max-content; background: #16181d; }
  pre { margin: 0; font: 14px/1.35 'Liberation Mono', 'DejaVu Sans Mono', monospace; color: #d7dae0; }
  .ansi-red-fg, .ansi-bright-red-fg { color: #ff7b72; }
  .ansi-green-fg, .ansi-bright-green-fg { color: #56d364; }
  .ansi-yellow-fg, .ansi-bright-yellow-fg { color: #e3b341; }
  .ansi-blue-fg, .ansi-bright-blue-fg { color: #79c0ff; }
  .ansi-cyan-fg, .ansi-bright-cyan-fg { color: #76e3ea; }
  .ansi-magenta-fg, .ansi-bright-magenta-fg { color: #d2a8ff; }
  .ansi-bright-black-fg { color: #8b929e; }
`;

/**
 * Photographs a terminal's screen.
 * @param {import('playwright-core').Browser} browser
 * @param {string} screen its lines, with the escapes of its colours
 * @param {string} path of the picture
 */
export async function pictureTerminal(browser, screen, path) {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  try {
    await page.setContent(`<!doctype html><style>${STYLE}</style><pre>${ansi.ansi_to_html(screen)}</pre>`);
    await page.locator('body').screenshot({ path });
  } finally {
    await page.close();
  }
}
