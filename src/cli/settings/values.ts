import { z } from 'zod';

/** A value that may be left empty in a file is not set; an empty text that was typed is a mistake. */
export const text = z.string({ error: 'expected text' }).min(1, 'it is empty');

export const flag = z.union([z.boolean(), z.stringbool()], { error: 'expected true or false' });

/** No upper limit. */
export const MANY = Number.MAX_SAFE_INTEGER;

/** A whole number, as a number of the file or as digits of a flag. */
export const whole = (least: number, most: number) =>
  z.union([z.number(), z.string()], { error: 'expected a whole number' }).transform((value, context) => {
    const number = /^\d{1,15}$/.test(String(value).trim()) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    const range = most < MANY ? `from ${least} to ${most}` : least > 0 ? `from ${least} up` : '';
    context.addIssue({ code: 'custom', message: `expected a whole number ${range}`.trimEnd() });
    return z.NEVER;
  });

export const count = whole(0, MANY);

/** `10m`, `90s`, `1h`, `0`: as milliseconds. */
export const duration = z
  .union([z.number(), z.string()], { error: 'expected a time' })
  .transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(String(value).trim());
    const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'];
    if (match?.[1] === undefined || unit === undefined) {
      context.addIssue({ code: 'custom', message: 'expected a time such as 90s, 10m or 1h' });
      return z.NEVER;
    }
    return Number(match[1]) * unit;
  });

/** A time of at least five seconds: three signs of life have to fit in. */
export const lease = duration.refine((milliseconds) => milliseconds >= 5000, {
  error: 'expected a time of 5s or more',
});

/** `polite`, `off`, or a time such as `2s` between two starts, as milliseconds. */
export const pace = z
  .union([z.number(), z.string()], { error: 'expected polite, off or a time such as 2s' })
  .transform((value, context): 'polite' | 'off' | number => {
    if (value === 'polite' || value === 'off') return value;
    const time = duration.safeParse(value);
    if (time.success) return time.data === 0 ? 'off' : time.data;
    context.addIssue({ code: 'custom', message: 'expected polite, off or a time such as 2s' });
    return z.NEVER;
  });

export const resolution = z
  .union([z.number(), z.string()], { error: 'expected a height' })
  .transform((value, context) => {
    const match = /^(\d{2,5})p?$/.exec(String(value).trim());
    if (match?.[1] === undefined) {
      context.addIssue({ code: 'custom', message: 'expected a height such as 720' });
      return z.NEVER;
    }
    return Number(match[1]);
  });

/** `docx,pdf` of a flag, or a list of the file: some of these names. */
export const someOf = (known: readonly string[]) =>
  z
    .union([z.string(), z.array(z.string())], { error: 'expected names such as docx,pdf' })
    .transform((value, context) => {
      const given = (typeof value === 'string' ? value.split(',') : value)
        .map((name) => name.trim().replace(/^\./, '').toLowerCase())
        .filter((name) => name !== '');
      const unknown = given.find((name) => !known.includes(name));
      if (given.length > 0 && unknown === undefined) return given;
      context.addIssue({ code: 'custom', message: `expected some of ${known.join(', ')}` });
      return z.NEVER;
    });

/** `en,de` of a flag, or a list of the file: codes of languages, the preferred one first. */
export const languages = z
  .union([z.string(), z.array(z.string())], { error: 'expected languages such as en,de' })
  .transform((value, context) => {
    const given = (typeof value === 'string' ? value.split(',') : value)
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const isCode = (name: string) => /^[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,4}$/.test(name);
    if (given.length > 0 && given.every(isCode)) return given;
    context.addIssue({ code: 'custom', message: 'expected languages such as en,de' });
    return z.NEVER;
  });

/** Bytes a second: `500K`, `2M`. */
export const rate = z
  .union([z.number(), z.string()], { error: 'expected bytes a second such as 500K or 2M' })
  .transform((value, context) => {
    const given = String(value).trim();
    if (/^\d{1,9}(?:\.\d{1,3})?[KMG]?$/i.test(given) && Number.parseFloat(given) > 0) return given;
    context.addIssue({ code: 'custom', message: 'expected bytes a second such as 500K or 2M' });
    return z.NEVER;
  });

export const webAddress = (example: string) =>
  z.url({ protocol: /^https?$/, error: `expected an address such as ${example}` });

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}` });
