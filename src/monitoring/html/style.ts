/** The page's only style sheet: light and dark, from 320 px on. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1b1f24; --soft: #5b6470; --line: #dfe3e8; --good: #1f8a4c;
  --bad: #c8372d; --wait: #b9c1cb; --accent: #2563a8; --warn: #9a6200; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1d2127; --text: #e7eaee; --soft: #9aa4b1; --line: #313841;
  --good: #4cc07c; --bad: #f0746b; --wait: #56606c; --accent: #6fb0f5; --warn: #e2b04a; --code: #272d35; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; line-height: 1.25; }
h2 { font-size: 1rem; margin: 0 0 .75rem; }
p { margin: 0; }
.soft { color: var(--soft); font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.125rem; margin-top: 1rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin-top: 1rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem .875rem; }
.tile b { display: block; font-size: clamp(1.25rem, 5vw, 1.5rem); line-height: 1.25; font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin-top: 1rem; }
.pair .card { margin-top: 0; }
svg { display: block; width: 100%; }
.bar { height: .875rem; border-radius: .25rem; }
.good { fill: var(--good); } .bad { fill: var(--bad); } .wait { fill: var(--wait); }
.area { fill: var(--accent); opacity: .16; } .curve { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.row + .row { margin-top: .875rem; }
.between { display: flex; justify-content: space-between; column-gap: 1rem; flex-wrap: wrap; align-items: baseline; }
.key { display: inline-block; width: .625rem; height: .625rem; border-radius: .125rem; margin-right: .375rem; }
.key.good { background: var(--good); } .key.bad { background: var(--bad); } .key.wait { background: var(--wait); }
ul { list-style: none; margin: 0; padding: 0; }
li { line-height: 1.6; }
li + li { border-top: 1px solid var(--line); margin-top: .75rem; padding-top: .75rem; }
.severity { font-size: .75rem; font-weight: 600; text-transform: uppercase; letter-spacing: .03em; margin-right: .5rem; color: var(--soft); }
.severity.critical, .severity.error { color: var(--bad); } .severity.warning { color: var(--warn); }
code { background: var(--code); border-radius: .25rem; padding: .0625rem .375rem; font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
td.short { white-space: nowrap; } td.number, th.number { text-align: right; white-space: nowrap; }
@media (max-width: 40rem) {
  thead { display: none; } tr { display: block; border-top: 1px solid var(--line); padding: .625rem 0; }
  td, td.short, td.number { display: block; border: 0; padding: .0625rem 0; text-align: left; white-space: normal; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print { body { background: #fff; } .card, .tile { break-inside: avoid; } }
`;
