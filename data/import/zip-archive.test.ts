import * as fc from "fast-check";
import { expect, test } from "vitest";
import { makeZip } from "./testing/make-zip.ts";
import { readZip, ZipError } from "./zip-archive.ts";

const files = { "a/one.csv": "1,2,3\n".repeat(500), "two.txt": "two", "empty.csv": "" };

test.each(["store", "deflate"] as const)("reads every entry of a %s archive", (method) => {
  const entries = readZip(makeZip(files, method));
  const read = Object.fromEntries(
    entries.map((entry) => [entry.name, Buffer.from(entry.unpack()).toString()]),
  );
  expect(read).toEqual(files);
});

test("finds its list of contents before a comment", () => {
  const plain = makeZip(files);
  const withComment = new Uint8Array([...plain, ...Buffer.from("made by hand")]);
  withComment[plain.length - 2] = "made by hand".length;
  expect(readZip(withComment)).toHaveLength(3);
});

test("leaves folders out", () => {
  expect(readZip(makeZip({ "folder/": "", "folder/a.csv": "x" }))).toHaveLength(1);
});

test("a changed byte of the content is noticed", () => {
  for (const method of ["store", "deflate"] as const) {
    const zip = makeZip({ "one.csv": "1,2,3\n4,5,6\n" }, method);
    zip[40] = (zip[40] ?? 0) ^ 1;
    const [entry] = readZip(zip);
    expect(() => entry?.unpack()).toThrow(ZipError);
  }
});

test("a cut archive is refused", () => {
  const zip = makeZip(files);
  expect(() => readZip(zip.subarray(0, zip.length - 30))).toThrow(/it is cut off/);
});

test("an encrypted entry and an unknown method are refused by name", () => {
  const encrypted = makeZip({ "one.csv": "secret" }, "store");
  const unknown = encrypted.slice();
  const central = Buffer.from(encrypted).indexOf(Buffer.from("504b0102", "hex"));
  encrypted[central + 8] = 1;
  expect(() => readZip(encrypted)[0]?.unpack()).toThrow(/"one.csv" is encrypted/);
  unknown[central + 10] = 12;
  expect(() => readZip(unknown)[0]?.unpack()).toThrow(/compression method 12/);
});

/** Whether reading everything succeeds or is refused; any other error is a fault of the reader. */
function readsOrRefuses(zip: Uint8Array): boolean {
  try {
    for (const entry of readZip(zip)) entry.unpack();
    return true;
  } catch (error) {
    return error instanceof ZipError;
  }
}

test("no bytes make it fail in another way", () => {
  const zip = makeZip(files);
  fc.assert(
    fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = zip.slice();
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      expect(readsOrRefuses(damaged)).toBe(true);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(readsOrRefuses(bytes)).toBe(true);
    }),
  );
});
