import { expect, test } from "vitest";

import { createResultStream } from "#cli/output/result-stream.ts";
import { createStyle } from "#cli/output/style.ts";
import { createTalk } from "#cli/output/talk.ts";
import { reportFailure } from "#cli/report-failure.ts";
import { DrydockError } from "#engine/errors.ts";

test.each([null, 130, 143] as const)(
  "with the signal's code %s the document says what the process ends with",
  async (interrupted) => {
    let stdout = "";
    const stream = {
      write: (text: string, done: () => void) => {
        stdout += text;
        done();
        return true;
      },
      on: () => {},
    };
    const talk = createTalk({
      stream: { write: () => true, on: () => {} },
      style: createStyle(false),
      isQuiet: true,
      isVerbose: false,
    });
    const error = new DrydockError("E_INTERRUPTED", "Interrupted before the work was done");
    const meta = { command: "x", version: "0", node: "v24", startedAt: "", durationMs: 0 };
    const context = { command: "x", wantsJson: true, verbosity: 0, talk, meta: () => meta };
    const out = createResultStream(stream);
    const exit = await reportFailure(error, { ...context, out }, interrupted);
    expect(exit).toBe(interrupted ?? 130);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { exit } });
  },
);
