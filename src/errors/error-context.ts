import { type Cause, causeFacts } from './causes.ts';
import { classifyChain } from './classify/classify.ts';
import { type ErrorLink, errorChain } from './classify/error-chain.ts';
import type { ErrorCategory, ErrorSeverity } from './error-category.ts';
import { redact } from './redact.ts';
import type { Verdict } from './retry-rule.ts';

/** What an error was about, as far as its handler knows. */
export interface ErrorOrigin {
  readonly rowId?: string | null | undefined;
  /** `youtube` or `drive`. */
  readonly downloadType?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly filePath?: string | null | undefined;
}

/** An error with everything that is needed to track it, to mend it and to decide what follows (API reference). */
export interface ErrorContext {
  /** Unique. */
  readonly errorId: string;
  readonly severity: ErrorSeverity;
  readonly category: ErrorCategory;
  /** Key of the table of causes. */
  readonly cause: Cause;
  /** What the next run does. */
  readonly verdict: Verdict;
  /** What the person does next, in plain words. */
  readonly nextStep: string;
  /** One sentence, without e-mail addresses, passwords and tokens. Foreign text: escape it at every output. */
  readonly message: string;
  /** The evidence and the errors beneath, one a line; null where there is nothing more to say. */
  readonly details: string | null;
  readonly rowId: string | null;
  readonly downloadType: string | null;
  /** Without passwords and tokens. */
  readonly url: string | null;
  readonly filePath: string | null;
  /** Of the file, from 1; null where the error has no place in one. */
  readonly line: number | null;
  /** A cell, from 1. */
  readonly column: number | null;
  /** ISO 8601. */
  readonly timestamp: string;
  /** For logs and `--verbose`. */
  readonly stackTrace: string | null;
}

const MAX_MESSAGE = 2000;
const MAX_DETAILS = 8000;
const MAX_STACK = 8000;
/** How far behind a limit a text is looked at, so that what begins within it is seen whole. */
const MARGIN = 1024;

/**
 * The context of any thrown value: an error of ours, of Node, of a library, a string, null. Never throws for what was thrown,
 * and is bounded in size. Pure but for its arguments.
 * @param clock what time it is
 * @param newId makes a unique id
 */
export function toErrorContext(
  error: unknown,
  origin: ErrorOrigin,
  clock: () => Date,
  newId: () => string,
): ErrorContext {
  const chain = errorChain(error);
  const cause = classifyChain(chain);
  const { category, severity, verdict, nextStep } = causeFacts(cause);
  const own = chain.find((link) => link.own !== null)?.own ?? null;
  const stack = chain.find((link) => link.stack !== null)?.stack ?? null;
  const { rowId, downloadType, url, filePath } = wordsOf(origin);
  return {
    errorId: newId(),
    severity,
    category,
    cause,
    verdict,
    nextStep,
    message: presentable(messageOf(chain), MAX_MESSAGE),
    details: detailsOf(chain, own?.detail),
    rowId: rowId ?? own?.rowId ?? null,
    downloadType,
    url: url === null ? null : presentable(url, MAX_MESSAGE),
    filePath: filePath ?? own?.file ?? null,
    line: own?.line ?? null,
    column: own?.column ?? null,
    timestamp: clock().toISOString(),
    stackTrace: stack === null ? null : presentable(stack, MAX_STACK),
  };
}

/** The context as it is printed with `--json` and stored: the API reference's keys. */
export function toErrorDict(context: ErrorContext): Record<string, unknown> {
  return {
    error_id: context.errorId,
    severity: context.severity,
    category: context.category,
    cause: context.cause,
    verdict: context.verdict,
    next_step: context.nextStep,
    message: context.message,
    details: context.details,
    row_id: context.rowId,
    download_type: context.downloadType,
    url: context.url,
    file_path: context.filePath,
    line: context.line,
    column: context.column,
    timestamp: context.timestamp,
    stack_trace: context.stackTrace,
  };
}

/** Callers without a type checker give null for the whole, and numbers for row_ids. */
function wordsOf(origin: ErrorOrigin | null) {
  const word = (given: unknown): string | null =>
    typeof given === 'string' || typeof given === 'number' ? String(given) : null;
  return {
    rowId: word(origin?.rowId),
    downloadType: word(origin?.downloadType),
    url: word(origin?.url),
    filePath: word(origin?.filePath),
  };
}

/** The outermost words. A thrown object that is no error may hold a person: nothing else of it is shown. */
function messageOf(chain: readonly ErrorLink[]): string {
  const said = chain.find(({ message }) => message.trim() !== '');
  if (said !== undefined) return said.message;
  const { name, code } = chain[0] ?? { name: '', code: '' };
  return [name || 'something that is no error was thrown', code].filter((word) => word !== '').join(' ');
}

function detailsOf(chain: readonly ErrorLink[], evidence: string | undefined): string | null {
  const outer = chain[0];
  const facts = outer === undefined || outer.own !== null ? '' : factsOf(outer);
  const beneath = chain.slice(1).map((link) => {
    const what = [link.name || 'error', factsOf(link)].filter((word) => word !== '').join(' ');
    return `caused by ${what}${link.message === '' ? '' : `: ${presentable(link.message, MAX_MESSAGE)}`}`;
  });
  const lines = [evidence ?? '', facts, ...beneath].filter((line) => line !== '');
  return lines.length === 0 ? null : presentable(lines.join('\n'), MAX_DETAILS);
}

/** What an error carries besides its words. */
function factsOf({ own, code, syscall, status, reason, exitCode }: ErrorLink): string {
  if (own !== null) return `(${String(own.code)})`;
  const facts = [
    code,
    syscall,
    status === null ? '' : `HTTP ${status}`,
    reason ?? '',
    exitCode === null ? '' : `exit code ${exitCode}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? '' : `(${facts.map((fact) => fact.slice(0, 100)).join(', ')})`;
}

function presentable(text: string, limit: number): string {
  const clean = redact(headOf(text, limit).toWellFormed());
  return clean.length > limit ? `${clean.slice(0, limit - 1).toWellFormed()}…` : clean;
}

/** At least the first `limit` characters, cut between two words: half of an address would not be known as one. */
function headOf(text: string, limit: number): string {
  if (text.length <= limit + MARGIN) return text;
  const head = text.slice(0, limit + MARGIN);
  const end = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'));
  return end > limit ? head.slice(0, end) : head;
}
