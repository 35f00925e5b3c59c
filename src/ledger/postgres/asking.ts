import type { Client, PoolClient, QueryResult } from 'pg';
import { toStored } from './safe-text.ts';

/** A value of a statement; texts are stored so that no character is lost. */
export type Value = string | number | boolean | null | readonly string[] | readonly number[];

/** Asks one connection; the rows come as objects. */
export interface Asking {
  rows<Row>(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** The same as arrays of columns. */
  tuples<Row>(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** @returns how many rows were changed */
  change(text: string, values?: readonly Value[]): Promise<number>;
  /** Sends what a library wrote: not prepared, values as they are; without values it may be several statements, whose results come as a list. */
  send(text: string, values?: readonly unknown[]): Promise<SentResult>;
}

export interface SentResult {
  readonly rows: unknown[];
}

/** Statements are prepared once in a connection, under their own text. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `rowtrail_${names.size}`;
  names.set(text, name);
  return name;
}

/** Since when connections owe an answer, by the clock that only goes on. */
const askedAt = new WeakMap<Client | PoolClient, number>();

/** Since when this connection owes an answer; null where it owes none. */
export function owesSince(client: Client | PoolClient): number | null {
  return askedAt.get(client) ?? null;
}

async function owing<Answer>(client: Client | PoolClient, ask: () => Promise<Answer>): Promise<Answer> {
  askedAt.set(client, performance.now());
  try {
    return await ask();
  } finally {
    askedAt.delete(client);
  }
}

/** Sends a statement that answers nothing. */
export async function tell(client: Client | PoolClient, text: string): Promise<void> {
  await owing(client, () => client.query(text));
}

/** Asks this connection. */
export function asking(client: Client | PoolClient): Asking {
  const ask = (text: string, values: readonly Value[], rowMode?: 'array'): Promise<QueryResult> =>
    owing(client, () =>
      client.query({
        name: `${nameOf(text)}${rowMode === undefined ? '' : '_a'}`,
        text,
        values: values.map(stored),
        ...(rowMode !== undefined && { rowMode }),
      }),
    );
  return {
    rows: async <Row>(text: string, values: readonly Value[] = []) =>
      (await ask(text, values)).rows as readonly Row[],
    tuples: async <Row>(text: string, values: readonly Value[] = []) =>
      (await ask(text, values, 'array')).rows as readonly Row[],
    change: async (text, values = []) => (await ask(text, values)).rowCount ?? 0,
    send: (text, values) =>
      owing(client, () => (values === undefined ? client.query(text) : client.query(text, [...values]))),
  };
}

function stored(value: Value): unknown {
  if (typeof value === 'string') return toStored(value);
  return Array.isArray(value)
    ? value.map((each: string | number) => (typeof each === 'string' ? toStored(each) : each))
    : value;
}
