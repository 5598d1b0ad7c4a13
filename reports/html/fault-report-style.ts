/** The style of the page, after that of the backtest report: same colours, one column, tables that scroll inside. */
export const FAULT_REPORT_STYLE = `:root { color-scheme: light dark; --bg: #f6f7f9; --card: #ffffff; --text: #1b1f26; --muted: #59616d; --line: #e3e6eb; --gain: #0b7a5c; --loss: #b5362c; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --bg: #0f1216; --card: #171b21; --text: #e5e8ec; --muted: #9aa3af; --line: #2a3038; --gain: #3fc39a; --loss: #f28074; --warn: #f0c060; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 28px 40px; }
section { margin-top: 28px; }
h1 { font-size: 26px; line-height: 1.25; margin: 2px 0 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 10px; }
.eyebrow { margin: 0; color: var(--muted); font-size: 12px; letter-spacing: 0.04em; text-transform: uppercase; }
.verdict { font-size: 20px; font-weight: 650; margin: 10px 0 0; }
.verdict.survived, .gain { color: var(--gain); } .verdict.hurt { color: var(--warn); } .verdict.failed, .loss { color: var(--loss); }
.sub { margin: 2px 0 0; color: var(--muted); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 10px 24px; margin: 18px 0 0; }
dt { color: var(--muted); font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px; }
.tile, article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
article { margin-bottom: 8px; } article p { margin: 0 0 6px; overflow-wrap: anywhere; white-space: pre-line; }
.tile .label, .tile .note { color: var(--muted); font-size: 12px; }
.tile .value { font-size: 22px; font-weight: 600; line-height: 1.3; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 600; font-size: 12px; }
tbody tr:last-child td { border-bottom: 0; }
.num { text-align: right; }
code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: 6px 0; overflow-x: auto; white-space: pre; }
footer { margin-top: 28px; color: var(--muted); font-size: 12px; }
@media print { body { background: #ffffff; } main { padding: 0; } .scroll { overflow: visible; } }
`;
