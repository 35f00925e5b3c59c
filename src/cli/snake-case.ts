/** A value with all its keys in snake_case, for everything that is printed as JSON. */
export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined && typeof part !== 'function')
      .map(([key, part]) => [
        key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        toSnakeCase(part),
      ]),
  );
}

/** The text of a `--json` answer. */
export function jsonText(value: unknown): string {
  return JSON.stringify(toSnakeCase(value), null, 2);
}
