import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Live } from './connection/live.ts';
import { Icon, Mark } from './parts/icon.tsx';
import { Text } from './parts/text.tsx';
import { VIEWS, type View } from './route/route.ts';
import { chooseTheme, nextTheme, storedTheme } from './theme.ts';
import { VIEW_WORDS } from './title.ts';
import { percent } from './words/numbers.ts';

/** What stands above every view: the file, the views, how the run goes, the theme. */
export function Header({ live, view }: { live: Live; view: View }): JSX.Element {
  return (
    <header class="top">
      <a class="brand" href="#/overview" aria-label="rowtrail: to the overview">
        <Mark />
        <span class="brand-name">rowtrail</span>
      </a>
      <nav class="views" aria-label="Views">
        {VIEWS.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
            <Icon name={name} />
            <span>{VIEW_WORDS[name]}</span>
          </a>
        ))}
      </nav>
      <span class="top-end">
        <span class="csv-file" title={live.overview?.csvPath.slice(0, 500)}>
          {live.overview !== null && <Text longest={80}>{live.overview.csvName}</Text>}
        </span>
        <RunPill live={live} />
        <ThemeSwitch />
      </span>
    </header>
  );
}

function RunPill({ live: { connection, overview } }: { live: Live }): JSX.Element | null {
  if (connection === 'lost') return <Pill kind="lost" words="Not connected" />;
  if (overview === null) return null;
  const { run } = overview;
  switch (run.state) {
    case 'idle':
      return <Pill kind="idle" words="No run" />;
    case 'running':
      return <Pill kind="running" words={`Running, ${percent(run.done, run.total)}`} />;
    case 'paused':
      return <Pill kind="paused" words="Paused" />;
    case 'pausing':
      return <Pill kind="paused" words="Pausing" />;
    case 'stopping':
      return <Pill kind="paused" words="Stopping" />;
  }
}

function Pill({ kind, words }: { kind: string; words: string }): JSX.Element {
  return (
    <a class={`pill ${kind}`} href="#/overview" title={`${words}: see the overview`}>
      <span class="dot" aria-hidden="true" />
      {words}
    </a>
  );
}

const THEME_WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const;

function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState(storedTheme);
  const label = `Colours: ${THEME_WORDS[theme]}. Switch to ${THEME_WORDS[nextTheme(theme)]}`;
  return (
    <button
      type="button"
      class="button icon-only theme-switch"
      aria-label={label}
      title={label}
      onClick={() => {
        const next = nextTheme(theme);
        chooseTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={theme} />
    </button>
  );
}
