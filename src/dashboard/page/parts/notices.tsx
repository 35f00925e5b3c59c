import { createContext, type JSX } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import { troubleOf, type Trouble } from '../connection/api.ts';
import { IconButton } from './button.tsx';
import { Text } from './text.tsx';

interface Notice {
  readonly id: number;
  readonly words: string;
  readonly nextStep: string | null;
  readonly bad: boolean;
}

const GOOD_MS = 6000;
const MOST = 3;

export interface Noticing {
  readonly say: (words: string) => void;
  readonly complain: (trouble: Trouble) => void;
  /** Does something and says how it went: `words` of its result, or the trouble. */
  readonly attempt: <T>(work: () => Promise<T>, words: (result: T) => string) => Promise<T | null>;
}

const Context = createContext<Noticing | null>(null);
export const NoticeProvider = Context.Provider;

/** Says at the bottom of the page what became of an action. */
export function useNotices(): Noticing {
  const noticing = useContext(Context);
  if (noticing === null) throw new Error('outside of the page');
  return noticing;
}

/** The notices of a page: what goes into the provider, and what shows them. */
export function useNoticeBoard(): { noticing: Noticing; board: JSX.Element } {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const add = useCallback((notice: Omit<Notice, 'id'>) => {
    setNotices((before) => [...before.slice(1 - MOST), { ...notice, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const [noticing] = useState<Noticing>(() => {
    const say = (words: string): void => add({ words, nextStep: null, bad: false });
    const complain = (trouble: Trouble): void =>
      add({ words: trouble.message, nextStep: trouble.nextStep, bad: true });
    return {
      say,
      complain,
      attempt: async (work, words) => {
        try {
          const result = await work();
          say(words(result));
          return result;
        } catch (error) {
          complain(troubleOf(error));
          return null;
        }
      },
    };
  });
  const remove = (id: number): void => setNotices((before) => before.filter((notice) => notice.id !== id));
  const board = (
    <div class="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} remove={remove} />
      ))}
    </div>
  );
  return { noticing, board };
}

function NoticeLine({ notice, remove }: { notice: Notice; remove: (id: number) => void }): JSX.Element {
  useEffect(() => {
    if (notice.bad) return;
    const timer = setTimeout(() => remove(notice.id), GOOD_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class={notice.bad ? 'notice bad' : 'notice'}>
      <div>
        <strong>
          <Text>{notice.words}</Text>
        </strong>
        {notice.nextStep !== null && (
          <p>
            <Text>{notice.nextStep}</Text>
          </p>
        )}
      </div>
      <IconButton icon="close" label="Dismiss" onClick={() => remove(notice.id)} />
    </div>
  );
}
