import { causeFacts, ErrorSeverity, REMEDIES, type Remedy } from '../errors/index.ts';
import type { Alert } from './alerts/evaluate.ts';
import { commandFor } from './command-line.ts';
import type { CauseCount } from './ledger-facts.ts';
import type { SystemMetrics } from './system-metrics.ts';
import { countText } from './words.ts';

/** Something to do, and the command that does it. */
export interface Recommendation {
  /** One sentence. */
  readonly message: string;
  /** Ready to paste into a shell. */
  readonly command: string;
}

export interface RecommendationFacts {
  readonly csvPath: string;
  readonly metrics: SystemMetrics;
  readonly alerts: readonly Alert[];
  /** Of the last 24 hours, or of all times where nothing happened in these. */
  readonly causes: readonly CauseCount[];
}

const MOST = 8;
/** Remedies that are a matter of this machine: `doctor` says what is missing. */
const OF_THE_MACHINE: readonly Remedy[] = ['machine', 'update_ytdlp', 'trust_certificate'];
/** Remedies for which another person has to do something first. */
const OF_THE_PERSON: readonly Remedy[] = [
  'owner_must_share',
  'ask_for_copy',
  'gone_for_good',
  'link_malformed',
];

/** What to do next, the most urgent first; nothing where all is well. Pure. */
export function recommend(facts: RecommendationFacts): readonly Recommendation[] {
  const all = [...machine(facts), ...failures(facts), ...work(facts), ...otherAlerts(facts)];
  const seen = new Set<string>();
  return all.filter(({ command }) => !seen.has(command) && seen.add(command)).slice(0, MOST);
}

function machine({ metrics, alerts, causes }: RecommendationFacts): readonly Recommendation[] {
  const critical = causes.find(({ cause }) => causeFacts(cause).severity === ErrorSeverity.CRITICAL);
  const ofMachine = causes.find(({ cause }) => OF_THE_MACHINE.includes(causeFacts(cause).remedy));
  const found = critical ?? ofMachine;
  const isDiskLow = alerts.some(({ metric }) => metric === 'diskFreeGb');
  if (isDiskLow)
    return [
      {
        message: `Free some disk space: ${metrics.diskFreeGb?.toFixed(2)} GB are left.`,
        command: 'rowtrail doctor',
      },
    ];
  if (found === undefined && metrics.criticalErrors === 0) return [];
  const why = found === undefined ? 'There were critical errors.' : causeFacts(found.cause).nextStep;
  return [{ message: `${why} Check this machine.`, command: 'rowtrail doctor' }];
}

function failures({ csvPath, metrics, causes }: RecommendationFacts): readonly Recommendation[] {
  if (metrics.failedDownloads === 0) return [];
  const retries = new Map<string, number>();
  let persons = 0;
  for (const { cause, category, attempts } of causes) {
    const { verdict, remedy } = causeFacts(cause);
    if (verdict === 'again') retries.set(category, (retries.get(category) ?? 0) + attempts);
    if (OF_THE_PERSON.includes(remedy)) persons += attempts;
  }
  return [
    ...[...retries].map(([category, attempts]) => ({
      message: `${times(attempts)} failed with category ${category}, which another try may mend.`,
      command: commandFor('retry', csvPath, '--category', category),
    })),
    ...causes
      .filter(({ cause }) => causeFacts(cause).remedy === 'cookies_needed')
      .map(({ cause, attempts }) => ({
        message: `${times(attempts)} failed because the host wants somebody to be signed in. ${REMEDIES.cookies_needed.title}.`,
        command: commandFor('retry', csvPath, '--cause', cause),
      })),
    ...(persons === 0
      ? []
      : [
          {
            message: `${times(persons)} failed in a way that only the link's owner can mend: make a list with a message for each.`,
            command: commandFor('failed', csvPath, '--export', 'failed.csv'),
          },
        ]),
    {
      message: `${metrics.failedDownloads === 1 ? '1 download has' : `${countText(metrics.failedDownloads)} downloads have`} failed: see them by what mends them.`,
      command: commandFor('failed', csvPath, '--by', 'remedy'),
    },
  ];
}

function work({ csvPath, metrics }: RecommendationFacts): readonly Recommendation[] {
  if (metrics.pendingDownloads === 0) return [];
  const many =
    metrics.pendingDownloads === 1 ? '1 download is' : `${countText(metrics.pendingDownloads)} downloads are`;
  return metrics.activeProcesses > 0
    ? [{ message: `${many} pending and a run works on them.`, command: commandFor('status', csvPath) }]
    : [{ message: `${many} pending and nobody works on them.`, command: commandFor('run', csvPath) }];
}

function otherAlerts({ csvPath, alerts }: RecommendationFacts): readonly Recommendation[] {
  if (alerts.length === 0) return [];
  const names = alerts.map(({ name }) => name).join(', ');
  return [{ message: `Alerts that hold: ${names}.`, command: commandFor('alerts', csvPath) }];
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${countText(attempts)} attempts`;
}
