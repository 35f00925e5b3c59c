/** A value with all its keys in snake_case, for everything that is printed as JSON. */
export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined && typeof part !== 'function')
      .map(([key, part]) => [snakeCase(key), toSnakeCase(part)]),
  );
}

/** A key, or a word that names one. */
export function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Characters that JSON lets through although they drive a terminal: C1 controls, separators, direction marks. */
const UNSAFE = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** The text of a `--json` answer; whatever a cell holds, it is safe on a terminal. */
export function jsonText(value: unknown): string {
  return safeJson(value, 2);
}

/** The same in parts: a list that comes item by item is never held whole. */
export async function* jsonParts(value: unknown): AsyncGenerator<string, void, undefined> {
  if (!isAsyncIterable(value)) {
    yield jsonText(value);
    return;
  }
  let isFirst = true;
  for await (const item of value) {
    yield `${isFirst ? '[' : ','}\n  ${indented(jsonText(item))}`;
    isFirst = false;
  }
  yield isFirst ? '[]' : '\n]';
}

/** An object of such values, in parts. */
export async function* jsonObjectParts(
  entries: readonly (readonly [string, unknown])[],
): AsyncGenerator<string, void, undefined> {
  let before = '{';
  for (const [key, value] of entries) {
    yield `${before}\n  ${jsonText(snakeCase(key))}: `;
    for await (const part of jsonParts(value)) yield indented(part);
    before = ',';
  }
  yield '\n}';
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return safeJson(value, 0);
}

function safeJson(value: unknown, indent: number): string {
  return JSON.stringify(toSnakeCase(value), null, indent).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
