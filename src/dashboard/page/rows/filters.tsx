import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CellStatus, DownloadType, Facets, RowsQuery } from '../../contract.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { count } from '../words/numbers.ts';
import { shown } from '../words/safe-text.ts';
import { causeWords, STATUSES, STATUS_WORDS, TYPES, TYPE_WORDS } from '../words/statuses.ts';

const DEBOUNCE_MS = 50;
const LONGEST_SEARCH = 200;

interface FilterProps {
  query: RowsQuery;
  facets: Facets | null;
  onChange: (query: RowsQuery, replace: boolean) => void;
}

/** What rows are shown: each change makes another query. */
export function Filters({ query, facets, onChange }: FilterProps): JSX.Element {
  const chosen = query.status ?? [];
  const toggle = (status: CellStatus): void => {
    const next = chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status];
    const { status: _, ...rest } = query;
    onChange(next.length === 0 ? rest : { ...rest, status: next }, false);
  };
  const isFiltered =
    query.status !== undefined ||
    query.cause !== undefined ||
    query.download !== undefined ||
    query.text !== undefined;
  return (
    <div class="filters" role="search">
      <Search
        text={query.text ?? ''}
        onText={(text) => {
          const { text: _, ...rest } = query;
          onChange(text === '' ? rest : { ...rest, text }, true);
        }}
      />
      <DownloadChoice query={query} onChange={onChange} />
      <CauseChoice query={query} facets={facets} onChange={onChange} />
      <div class="chips" role="group" aria-label="Status">
        {STATUSES.filter((status) => status !== 'unknown' || (facets?.status.unknown ?? 0) > 0).map(
          (status) => (
            <button
              key={status}
              type="button"
              class={`chip ${status}`}
              aria-pressed={chosen.includes(status)}
              onClick={() => toggle(status)}
            >
              <span class="dot" aria-hidden="true" />
              {STATUS_WORDS[status]}
              <span class="chip-count">{facets === null ? '' : count(facets.status[status])}</span>
            </button>
          ),
        )}
      </div>
      {isFiltered && (
        <Button
          kind="quiet"
          icon="close"
          onClick={() =>
            onChange(
              {
                ...(query.sort !== undefined && { sort: query.sort }),
                ...(query.descending !== undefined && { descending: query.descending }),
              },
              false,
            )
          }
        >
          Show all
        </Button>
      )}
    </div>
  );
}

function Search({ text, onText }: { text: string; onText: (text: string) => void }): JSX.Element {
  const [typed, setTyped] = useState(text);
  const sent = useRef(text);
  // Our own search coming back must not take away what was typed meanwhile; a link or the back button may.
  useEffect(() => {
    if (text === sent.current) return;
    sent.current = text;
    setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      onText(typed);
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label class="search">
      <Icon name="search" />
      <span class="offscreen">Search rows</span>
      <input
        id="search"
        type="search"
        placeholder="Name, e-mail, row, type or file"
        autocomplete="off"
        spellcheck={false}
        maxLength={LONGEST_SEARCH}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (typed === '') event.currentTarget.blur();
          setTyped('');
          document.getElementById('rows-grid')?.focus();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function DownloadChoice({
  query,
  onChange,
}: {
  query: RowsQuery;
  onChange: (query: RowsQuery, replace: boolean) => void;
}): JSX.Element {
  return (
    <select
      aria-label="Download"
      value={query.download ?? ''}
      onChange={(event) => {
        const { download: _, ...rest } = query;
        const download = TYPES.find((type: DownloadType) => type === event.currentTarget.value);
        onChange(download === undefined ? rest : { ...rest, download }, false);
      }}
    >
      <option value="">YouTube and Drive</option>
      {TYPES.map((type) => (
        <option key={type} value={type}>
          {TYPE_WORDS[type]} only
        </option>
      ))}
    </select>
  );
}

const SEVERAL = '\u0000several';

function CauseChoice({ query, facets, onChange }: FilterProps): JSX.Element {
  const chosen = query.cause ?? [];
  const causes = facets?.causes ?? [];
  const missing = chosen.filter((cause) => !causes.some((other) => other.cause === cause));
  return (
    <select
      aria-label="Reason"
      class="causes"
      value={chosen.length > 1 ? SEVERAL : (chosen[0] ?? '')}
      onChange={(event) => {
        const { value } = event.currentTarget;
        const { cause: _, ...rest } = query;
        if (value !== SEVERAL) onChange(value === '' ? rest : { ...rest, cause: [value] }, false);
      }}
    >
      <option value="">Any reason</option>
      {chosen.length > 1 && <option value={SEVERAL}>{chosen.length} reasons</option>}
      {causes.map(({ cause, title, count: rows }) => (
        <option key={cause} value={cause}>
          {shown(title, 80)} ({count(rows)})
        </option>
      ))}
      {missing.map((cause) => (
        <option key={cause} value={cause}>
          {shown(causeWords(cause), 80)} (0)
        </option>
      ))}
    </select>
  );
}
