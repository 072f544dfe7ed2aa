// How the panel looks: the same on every page, in light and in dark.

export const STYLE = `
  :host { display: contents; }
  [hidden] { display: none !important; }
  .panel {
    --ground: #14171f; --raised: #1d222d; --line: #2b3240; --ink: #e8ebf2; --muted: #98a1b5; --focus: #8ab4ff;
    --waited: #6f7a92; --handler: #7ea6ff; --render: #4fd1a5; --checkpoint: #e5c76b; --diff: #cf9bf5; --slow: #ffb95e; --very-slow: #ff7b72;
    all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483646; pointer-events: none; color-scheme: dark;
    font: 0.8125rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink);
  }
  .panel > * { pointer-events: auto; box-sizing: border-box; }
  button {
    font: inherit; color: var(--ink); cursor: pointer; background: var(--raised); border: 1px solid var(--line);
    border-radius: 0.375rem; padding: 0.1875rem 0.625rem;
  }
  button:hover { border-color: var(--muted); }
  :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }

  .pill {
    display: flex; align-items: center; gap: 0.5rem; width: fit-content; max-width: calc(100vw - 1.5rem); margin: 0 0 0.75rem 0.75rem;
    padding: 0.3125rem 0.75rem; white-space: nowrap; overflow: hidden; background: var(--ground); border-radius: 1rem;
    box-shadow: 0 0.125rem 0.75rem rgb(0 0 0 / 0.35); font-variant-numeric: tabular-nums;
  }
  .dot { flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--render); }
  .dot.slow { background: var(--slow); }
  .dot.very-slow, .dot.failed { background: var(--very-slow); }

  .sheet {
    display: flex; flex-direction: column; width: 100%; height: min(19rem, 45vh); background: var(--ground);
    border-top: 1px solid var(--line); box-shadow: 0 -0.25rem 1.5rem rgb(0 0 0 / 0.3);
  }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 0.5rem; padding: 0.5rem 0.875rem; border-bottom: 1px solid var(--line); }
  header strong { font: 600 0.8125rem/1 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
  ul { display: flex; flex-wrap: wrap; gap: 0 0.875rem; margin: 0 auto 0 0.75rem; padding: 0; list-style: none; color: var(--muted); font-size: 0.75rem; }
  li { display: flex; align-items: center; gap: 0.375rem; }
  .swatch { width: 0.625rem; height: 0.625rem; border-radius: 0.1875rem; }

  .scroll { flex: 1; overflow: auto; overscroll-behavior: contain; scrollbar-color: var(--line) transparent; }
  .scroll:focus-visible { outline-offset: -2px; }
  table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  th, td { padding: 0.25rem 0.625rem; text-align: right; font-weight: 400; white-space: nowrap; }
  thead th { position: sticky; top: 0; color: var(--muted); background: var(--ground); font-size: 0.75rem; }
  tbody tr { border-top: 1px solid var(--line); }
  tbody tr:hover { background: var(--raised); }
  th:first-child, th:nth-child(2), th:last-child, .failed td { text-align: left; }
  .name { font-weight: 600; }
  .view, .page { margin-left: 0.5rem; font-weight: 400; font-size: 0.75rem; color: var(--muted); }
  .page { padding: 0.0625rem 0.375rem; color: var(--slow); border: 1px solid currentColor; border-radius: 0.25rem; }
  .way { width: 20%; min-width: 6rem; }
  th:first-child { padding-left: 0.875rem; }
  .bar { display: flex; height: 0.5rem; overflow: hidden; background: var(--line); border-radius: 0.25rem; }
  .bar span { flex: 0 1 0; }
  .swatch.waited, .bar .waited { background: var(--waited); }
  .swatch.handler, .bar .handler { background: var(--handler); }
  .swatch.render, .bar .render { background: var(--render); }
  .swatch.checkpoint, .bar .checkpoint { background: var(--checkpoint); }
  .swatch.diff, .bar .diff { background: var(--diff); }
  .where { text-align: left; color: var(--muted); font-size: 0.75rem; }
  .where span { display: block; }
  .where b { font-weight: 400; color: var(--ink); }
  .where .string b, .where .asked b { color: var(--slow); }
  .time { color: var(--muted); }
  .total { color: var(--ink); font-weight: 600; }
  td.slow, li.slow { color: var(--slow); }
  td.very-slow, li.very-slow { color: var(--very-slow); }
  td.slow, td.very-slow { font-weight: 600; }
  .failed .name, .failed b { color: var(--very-slow); }
  @media (max-width: 48rem) {
    header strong { margin-right: auto; }
    ul { order: 1; width: 100%; margin: 0; }
  }
  @media (forced-colors: active) {
    .dot, .swatch, .bar span { forced-color-adjust: none; }
    .pill, .sheet { border: 1px solid; }
  }
  @media print { .panel { display: none; } }
`;
