import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LastRun, Overview, RunState } from '../../contract.ts';
import { post } from '../connection/api.ts';
import { ProgressBar } from '../parts/bar.tsx';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { useNotices } from '../parts/notices.tsx';
import { Text } from '../parts/text.tsx';
import { useNow } from '../parts/use-now.ts';
import { bytes, count, counted, percent } from '../words/numbers.ts';
import { ago, duration, fullMoment } from '../words/times.ts';
import { TYPES, TYPE_WORDS } from '../words/statuses.ts';

type Going = Exclude<RunState, { state: 'idle' }>;
type Verb = 'start' | 'pause' | 'resume' | 'stop';

const SAID: Readonly<Record<Verb, string>> = {
  start: 'The run has started.',
  pause: 'The run pauses: what is being downloaded comes to its end first.',
  resume: 'The run goes on.',
  stop: 'The run stops. What has arrived is kept.',
};

/** The run that goes on with its progress, or how the last one ended; and what can be done about it. */
export function RunCard({
  overview,
  connected,
  counted: known,
}: {
  overview: Overview;
  connected: boolean;
  /** Whether it is known how many downloads are to do. */
  counted: boolean;
}): JSX.Element {
  const { run } = overview;
  const { attempt } = useNotices();
  const [asking, setAsking] = useState(false);
  const [sending, setSending] = useState(false);
  const send = async (verb: Verb): Promise<void> => {
    setSending(true);
    await attempt(
      () => post<RunState>(`/api/run/${verb}`),
      () => SAID[verb],
    );
    setSending(false);
  };
  const off = sending || !connected;
  return (
    <section class="card run" aria-label="Run">
      <div class="run-head">
        {run.state === 'idle' ? (
          <Idle overview={overview} last={run.lastRun} known={known} />
        ) : (
          <GoingOn run={run} />
        )}
        <div class="actions">
          {run.state === 'idle' && (
            <Button kind="main" icon="play" disabled={off} onClick={() => void send('start')}>
              Start a run
            </Button>
          )}
          {run.state === 'running' && (
            <Button icon="pause" disabled={off} onClick={() => void send('pause')}>
              Pause
            </Button>
          )}
          {(run.state === 'paused' || run.state === 'pausing') && (
            <Button kind="main" icon="play" disabled={off} onClick={() => void send('resume')}>
              Resume
            </Button>
          )}
          {run.state !== 'idle' && (
            <Button
              icon="stop"
              kind="danger"
              disabled={off || run.state === 'stopping'}
              onClick={() => setAsking(true)}
            >
              Stop
            </Button>
          )}
        </div>
      </div>
      {run.state === 'idle' ? null : <Progress run={run} />}
      {asking && (
        <Confirm
          title="Stop this run?"
          yes="Stop the run"
          no="Let it go on"
          onAnswer={(sure) => {
            setAsking(false);
            if (sure) void send('stop');
          }}
        >
          <p>
            What is being downloaded now is given up and comes again in the next run. What has arrived is
            kept, and the CSV is brought up to date.
          </p>
        </Confirm>
      )}
    </section>
  );
}

const GOING_WORDS = {
  running: 'Running',
  paused: 'Paused',
  pausing: 'Pausing',
  stopping: 'Stopping',
} as const;

function GoingOn({ run }: { run: Going }): JSX.Element {
  const now = useNow();
  return (
    <div>
      <h2>
        <span class={`dot ${run.state}`} aria-hidden="true" />
        {GOING_WORDS[run.state]}
      </h2>
      <p class="muted" title={fullMoment(run.since)}>
        Started {ago(run.since, now)}
        {run.own ? '' : ', in another window or terminal'}
      </p>
    </div>
  );
}

function Progress({ run }: { run: Going }): JSX.Element {
  return (
    <div class="progress">
      <div class="progress-line">
        <strong class="big">{percent(run.done, run.total)}</strong>
        <span class="muted">
          {count(run.done)} of {counted(run.total, 'download')}
        </span>
        <span class="muted end">
          {run.bytesPerSecond === null ? '' : `${bytes(run.bytesPerSecond)}/s`}
          {run.etaSeconds === null ? '' : ` · about ${duration(run.etaSeconds)} left`}
        </span>
      </div>
      <ProgressBar label="This run" part={run.done} whole={run.total} />
      <p class="muted small">
        {TYPES.map(
          (type) =>
            `${TYPE_WORDS[type]} ${count(run.sources[type].done)} of ${count(run.sources[type].total)}`,
        ).join(' · ')}
      </p>
    </div>
  );
}

const EXIT_WORDS: Readonly<Record<LastRun['exit'], string>> = {
  done: 'Everything it tried is completed.',
  incomplete: 'Some downloads are not completed.',
  interrupted: 'It was stopped before its end.',
  error: 'It ended with an error.',
};

function Idle({
  overview,
  last,
  known,
}: {
  overview: Overview;
  last: LastRun | null;
  known: boolean;
}): JSX.Element {
  const now = useNow();
  const toDo = TYPES.reduce((sum, type) => sum + overview.counts[type].pending, 0);
  return (
    <div>
      <h2>
        <span class="dot idle" aria-hidden="true" />
        {!known
          ? overview.index.state === 'failed'
            ? 'The CSV cannot be read'
            : 'Reading the CSV'
          : toDo === 0
            ? 'Nothing to download'
            : `${counted(toDo, 'download')} to do`}
      </h2>
      <p class="muted">
        {last === null
          ? 'There was no run yet.'
          : `The last run ended ${last.endedAt === null ? '' : ago(last.endedAt, now)}. ${EXIT_WORDS[last.exit]}`}{' '}
        {last !== null && last.message !== null && last.exit !== 'done' && <Text>{last.message}</Text>}
      </p>
    </div>
  );
}
