// Loaded before a program (`--import`): its clock is off by so many milliseconds, as that of a machine that was set wrongly.
const off = Number(process.env['CLOCK_OFF_MS'] ?? 0);

globalThis.Date = new Proxy(Date, {
  construct: (RightDate, parts, wanted) =>
    Reflect.construct(RightDate, parts.length === 0 ? [RightDate.now() + off] : parts, wanted),
  get: (RightDate, name) =>
    name === 'now' ? () => RightDate.now() + off : Reflect.get(RightDate, name, RightDate),
});
