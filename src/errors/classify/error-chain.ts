import { types } from 'node:util';
import { RowtrailError } from '../rowtrail-error.ts';

/** What an error carries, read once and safely: nothing of the error itself is touched later. */
export interface ErrorLink {
  /** `TypeError`, `AbortError`; '' for what is no error: the name of a thrown row would be a person's. */
  readonly name: string;
  readonly message: string;
  /** errno or another code; '' for none. */
  readonly code: string;
  readonly syscall: string;
  /** The program that it is about; '' for none. */
  readonly program: string;
  /** Of a program that ended; null for none. */
  readonly exitCode: number | null;
  /** Of an HTTP answer; null for none. */
  readonly status: number | null;
  /** The reason in a JSON error; null for none. */
  readonly reason: string | null;
  readonly stack: string | null;
  readonly own: RowtrailError | null;
}

/** Errors that are looked at, in all and of each list: a chain can be endless. */
const MAX_LINKS = 64;
const MAX_SIBLINGS = 16;

/**
 * A thrown value and everything beneath it: causes, the errors of an AggregateError, both errors of a SuppressedError;
 * outermost first. Never throws, whatever was thrown.
 */
export function errorChain(thrown: unknown): readonly ErrorLink[] {
  const links: ErrorLink[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [thrown];
  while (waiting.length > 0 && links.length < MAX_LINKS) {
    const value = waiting.shift();
    if (seen.has(value)) continue;
    seen.add(value);
    links.push(readLink(value));
    const beneath = [get(value, 'cause'), get(value, 'error'), get(value, 'suppressed'), ...siblings(value)];
    waiting.unshift(...beneath.filter((one) => one !== undefined && one !== null));
  }
  return links;
}

function readLink(value: unknown): ErrorLink {
  const isObject = isObjectLike(value);
  const command = firstText(value, ['spawnfile', 'path', 'cmd', 'command']);
  return {
    name: isError(value) ? firstText(value, ['name']) : '',
    message: isObject ? firstText(value, ['message']) : primitiveText(value),
    code: firstText(value, ['code']),
    syscall: firstText(value, ['syscall']),
    program: command,
    exitCode: exitCodeOf(value),
    status: statusOf(value),
    reason: reasonOf(value),
    stack: isObject ? firstText(value, ['stack']) || null : null,
    own: ownOf(value),
  };
}

/** The legacy code of a DOMException is a number, too: a program's is known by its command. */
function exitCodeOf(value: unknown): number | null {
  const given = get(value, 'exitCode');
  const code = given ?? (typeof get(value, 'cmd') === 'string' ? get(value, 'code') : undefined);
  return typeof code === 'number' && Number.isInteger(code) ? code : null;
}

function statusOf(value: unknown): number | null {
  const response = get(value, 'response');
  const candidates = [get(value, 'status'), get(value, 'statusCode'), get(response, 'status')];
  const status = [...candidates, get(response, 'statusCode')].find((one) => typeof one === 'number');
  return typeof status === 'number' ? status : null;
}

function reasonOf(value: unknown): string | null {
  const inBody = get(get(get(get(value, 'response'), 'data'), 'error'), 'errors');
  const lists = [get(value, 'errors'), inBody];
  const candidates = [get(value, 'reason'), ...lists.map((list) => get(get(list, '0'), 'reason'))];
  const reason = candidates.find((one) => typeof one === 'string');
  return typeof reason === 'string' ? reason : null;
}

function siblings(value: unknown): readonly unknown[] {
  const errors = get(value, 'errors');
  try {
    return Array.isArray(errors) ? errors.slice(0, MAX_SIBLINGS) : [];
  } catch {
    return [];
  }
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}

function ownOf(value: unknown): RowtrailError | null {
  try {
    return value instanceof RowtrailError ? value : null;
  } catch {
    return null;
  }
}

function firstText(value: unknown, keys: readonly string[]): string {
  const text = keys.map((key) => get(value, key)).find((one) => typeof one === 'string');
  return typeof text === 'string' ? text : '';
}

function primitiveText(value: unknown): string {
  if (typeof value === 'string') return value;
  return `${String(value)} was thrown`;
}

/** A getter or a proxy may throw. */
function get(value: unknown, key: string): unknown {
  if (!isObjectLike(value)) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

function isObjectLike(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
