import { expect, test } from "vitest";

import { createResultStream, type OutputStream } from "#cli/output/result-stream.ts";
import { DrydockError } from "#engine/errors.ts";

/** A stdout that fails from the given write on. */
function fakeStream(failAt: number, code: string): { stream: OutputStream; written: string[] } {
  const written: string[] = [];
  let count = 0;
  const stream: OutputStream = {
    on: () => stream,
    write: (text, done) => {
      count += 1;
      if (count >= failAt) {
        queueMicrotask(() => done(Object.assign(new Error(`write ${code}`), { code })));
      } else {
        written.push(text);
        queueMicrotask(() => done(null));
      }
      return true;
    },
  };
  return { stream, written };
}

test("a reader that has gone is no error, and nothing more is written", async () => {
  const { stream, written } = fakeStream(2, "EPIPE");
  const out = createResultStream(stream);
  await out.write("one");
  await out.write("two");
  await out.write("three");
  expect(written).toEqual(["one"]);
  expect(out.isClosed).toBe(true);
});

test.each([
  { code: "ENOSPC", expected: "E_DISK_FULL" },
  { code: "EIO", expected: "E_NOT_WRITABLE" },
])("a failed write ($code) is an error of the world", async ({ code, expected }) => {
  const out = createResultStream(fakeStream(1, code).stream);
  const failure = await out.write("one").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DrydockError);
  expect((failure as DrydockError).code).toBe(expected);
});

test("writeAll() gathers pieces into blocks and stops asking for more when the reader has gone", async () => {
  const { stream, written } = fakeStream(2, "EPIPE");
  const out = createResultStream(stream);
  let asked = 0;
  function* pieces(): Generator<string> {
    for (;;) {
      asked += 1;
      yield "x".repeat(10_000);
    }
  }
  await out.writeAll(pieces());
  expect(written.map((text) => text.length)).toEqual([70_000]);
  expect(asked).toBe(14);
});
