import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLive } from './connection/use-live.ts';
import { Banners } from './banners.tsx';
import { FailuresView } from './failures/failures-view.tsx';
import { Header } from './header.tsx';
import { OverviewView } from './overview/overview-view.tsx';
import { NoticeProvider, useNoticeBoard } from './parts/notices.tsx';
import type { Route, View } from './route/route.ts';
import { useRoute } from './route/use-route.ts';
import { RowsView } from './rows/rows-view.tsx';
import { SettingsView } from './settings/settings-view.tsx';
import { pageTitle } from './title.ts';
import { TrendsView } from './trends/trends-view.tsx';
import type { ViewProps } from './view-props.ts';

/** The whole page: what stays, and the view that the address names. */
export function App(): JSX.Element {
  const live = useLive();
  const { route, go } = useRoute();
  const { noticing, board } = useNoticeBoard();
  const main = useRef<HTMLElement>(null);
  const latest = useRef<Route>(route);
  latest.current = route;

  useEffect(() => {
    document.title = pageTitle(route.view, live);
  }, [route.view, live]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      event.preventDefault();
      if (latest.current.view !== 'rows') go({ ...latest.current, view: 'rows', row: null });
      requestAnimationFrame(() => document.getElementById('search')?.focus());
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <NoticeProvider value={noticing}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header live={live} view={route.view} />
      <main id="main" ref={main} tabIndex={-1} class={`view-${route.view}`}>
        <Banners live={live} />
        {shownView(route.view, { live, route, go })}
      </main>
      {board}
    </NoticeProvider>
  );
}

function shownView(view: View, props: ViewProps): JSX.Element {
  switch (view) {
    case 'overview':
      return <OverviewView {...props} />;
    case 'rows':
      return <RowsView {...props} />;
    case 'failures':
      return <FailuresView {...props} />;
    case 'trends':
      return <TrendsView {...props} />;
    case 'settings':
      return <SettingsView />;
  }
}

function isTyping({ target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
