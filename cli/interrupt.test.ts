import { expect, test } from "vitest";

import { listenForInterrupt } from "#cli/interrupt.ts";
import { createStyle } from "#cli/output/style.ts";
import { createTalk } from "#cli/output/talk.ts";

function harness() {
  const listeners = new Map<string, () => void>();
  const clock = { ms: 0 };
  const said: string[] = [];
  const quits: number[] = [];
  let heardCount = 0;
  const interrupt = listenForInterrupt({
    source: {
      on: (signal, listener) => listeners.set(signal, listener),
      off: (signal) => listeners.delete(signal),
    },
    talk: createTalk({
      stream: { write: (text) => said.push(text) > 0, on: () => {} },
      style: createStyle(false),
      isQuiet: true,
      isVerbose: false,
    }),
    now: () => clock.ms,
    heard: () => {
      heardCount += 1;
    },
    quit: (code) => quits.push(code),
  });
  return { heardCount: () => heardCount, listeners, clock, said, quits, interrupt };
}

test.each([
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
])("$signal: the first asks to stop, the second quits with $code", ({ signal, code }) => {
  const { listeners, clock, said, quits, interrupt, heardCount } = harness();
  expect(interrupt.exitCode()).toBeNull();
  listeners.get(signal)?.();
  expect(interrupt.signal.aborted).toBe(true);
  expect(interrupt.exitCode()).toBe(code);
  expect(said).toEqual(["Stopping after the step at hand; once more to quit at once\n"]);
  clock.ms = 1_000;
  listeners.get(signal)?.();
  expect(quits).toEqual([code]);
  expect(heardCount()).toBe(2);
});

test("one press that arrives from the terminal and from the launcher counts once", () => {
  const { listeners, clock, quits } = harness();
  listeners.get("SIGINT")?.();
  clock.ms = 20;
  listeners.get("SIGINT")?.();
  expect(quits).toEqual([]);
});

test("stop() listens no more", () => {
  const { listeners, interrupt } = harness();
  interrupt.stop();
  expect(listeners.size).toBe(0);
});
