/** What a person chose: `system` follows the browser's prefers-color-scheme. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'rowtrail-theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The choice kept in this browser; `system` where there is none, or where the browser keeps nothing. */
export function storedTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Shows the page in a theme, without keeping it. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** Shows the page in a theme and keeps the choice, where the browser lets it. */
export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing shows it until it is closed.
  }
}

/** The one that comes after another when a person presses the switch. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
}
