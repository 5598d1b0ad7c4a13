import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";

/** Where the numbers come from: data, the rules of the simulated exchange, configuration. */
export function provenanceSections(input: ReportInput): string {
  return `${dataSection(input)}${assumptionSection(input)}${configSection(input)}`;
}

function dataSection({ dataQuality, hashes, synthetic }: ReportInput): string {
  const rows = dataQuality.map(({ series, findings }) => {
    const list =
      findings.length === 0
        ? `<span class="ok">no findings</span>`
        : `<ul>${findings.map((finding) => `<li>${escapeHtml(finding)}</li>`).join("")}</ul>`;
    return `<tr><th scope="row">${escapeHtml(series)}</th><td>${list}</td></tr>`;
  });
  const body =
    rows.length === 0
      ? `<p class="empty">No series was checked.</p>`
      : `<div class="scroll"><table class="plain"><thead><tr><th scope="col">Series</th><th scope="col">Findings</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
  const origin = synthetic ? " The candles are synthetic." : "";
  return `<section id="data"><h2>Data quality</h2>${body}<p class="caption">Data fingerprint <code>${escapeHtml(hashes.dataFingerprint)}</code>.${origin}</p></section>`;
}

function assumptionSection({ assumptions }: ReportInput): string {
  const rows = assumptions.map(({ label, value, optimistic }) => {
    const stamp = optimistic === true ? ` <span class="stamp">optimistic</span>` : "";
    return `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}${stamp}</td></tr>`;
  });
  const body =
    rows.length === 0
      ? `<p class="empty">No assumption was recorded.</p>`
      : `<div class="scroll"><table class="plain"><tbody>${rows.join("")}</tbody></table></div>`;
  return `<section id="assumptions"><h2>Assumptions</h2>${body}<p class="caption">Defaults err against the strategy; what errs in its favour is stamped as optimistic here and at the top.</p></section>`;
}

function configSection({ config, hashes }: ReportInput): string {
  const rows = [...flatten("", config)].map(
    ([path, value]) =>
      `<tr><th scope="row"><code>${escapeHtml(path)}</code></th><td><code>${escapeHtml(value)}</code></td></tr>`,
  );
  const body =
    rows.length === 0
      ? `<p class="empty">The configuration is empty.</p>`
      : `<div class="scroll"><table class="plain">${rows.join("")}</table></div>`;
  return `<section id="config"><h2>Configuration</h2>${body}<p class="caption">Run hash <code>${escapeHtml(hashes.runHash)}</code>, trace hash <code>${escapeHtml(hashes.traceHash)}</code>.</p></section>`;
}

/** Leaves of nested objects as dotted paths; lists stand as JSON. */
function* flatten(path: string, value: unknown): Generator<readonly [string, string]> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield* flatten(path === "" ? key : `${path}.${key}`, inner);
    }
    return;
  }
  if (value === undefined) return;
  yield [path, typeof value === "string" ? value : JSON.stringify(value)];
}
