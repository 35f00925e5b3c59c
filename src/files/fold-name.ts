/**
 * A name as file systems compare it that keep neither case nor Unicode form apart. Lower case alone leaves some letters two that
 * others take for one: `ß` and `SS`, `ς` and `σ`.
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase();
}
