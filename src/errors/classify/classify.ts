import { type Cause, isCause } from '../causes.ts';
import { causeOfCode, causeOfVagueCode } from './codes.ts';
import { type ErrorLink, errorChain } from './error-chain.ts';
import { causeOfStatus } from './http-status.ts';
import { causeOfWords } from './words.ts';

type Judge = (link: ErrorLink) => Cause | null;

/**
 * The cause of any thrown value. Facts decide, in this order, and for each the outermost error that has one: our own class;
 * codes, system calls and HTTP statuses; classes and codes that say little; words; the exit code of a program. Never throws.
 */
export function classifyError(error: unknown): Cause {
  return classifyChain(errorChain(error));
}

/** The same for a chain that was read. Pure. */
export function classifyChain(chain: readonly ErrorLink[]): Cause {
  for (const judge of JUDGES) {
    for (const link of chain) {
      const cause = judge(link);
      if (cause !== null) return cause;
    }
  }
  return 'unknown';
}

/** One of ours that says `unknown` leaves the word to what is beneath it. */
const byOwnClass: Judge = ({ own }) =>
  own !== null && own.code !== 'unknown' && isCause(own.code) ? own.code : null;

const byFacts: Judge = ({ name, code, syscall, program, status, reason }) => {
  if (syscall.startsWith('spawn') && code === 'ENOENT') return missingProgram(program);
  const byCode = causeOfCode(code, syscall);
  if (byCode !== null) return byCode;
  if (name === 'TimeoutError') return 'timeout';
  return status === null ? null : causeOfStatus(status, reason);
};

const byVagueFacts: Judge = ({ name, code }) => CLASSES.get(name) ?? causeOfVagueCode(code);

/** undici gives an answer that is no HTTP a class and no code. */
const CLASSES: ReadonlyMap<string, Cause> = new Map([
  ['AbortError', 'interrupted'],
  ['HTTPParserError', 'connection_failed'],
]);

/** A fault of the program says nothing by its words: "Cannot read properties of undefined (reading 'timeout')". */
const FAULTS: ReadonlySet<string> = new Set([
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'AssertionError',
]);

/** What undici's `fetch` throws for every failure of the network; the reason is its cause, if there is one. */
const FETCH_FAILED = 'fetch failed';

const byWords: Judge = ({ name, message, own }) => {
  if (own !== null) return null;
  if (FAULTS.has(name)) return message === FETCH_FAILED ? 'connection_failed' : null;
  return causeOfWords(message);
};

const byExitCode: Judge = ({ exitCode, program }) => {
  if (exitCode === null || exitCode === 0) return null;
  if (exitCode === 127) return missingProgram(program);
  if (exitCode === 126) return 'access_denied';
  return isYtDlp(program) ? 'ytdlp_failed' : null;
};

const JUDGES: readonly Judge[] = [byOwnClass, byFacts, byVagueFacts, byWords, byExitCode];

function missingProgram(program: string): Cause {
  if (isYtDlp(program)) return 'ytdlp_missing';
  return /\bff(?:mpeg|probe)\b/.test(program) ? 'ffmpeg_missing' : 'file_missing';
}

function isYtDlp(program: string): boolean {
  return /\byt[-_]dlp\b/.test(program);
}
