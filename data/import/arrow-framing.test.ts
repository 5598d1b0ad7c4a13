import { makeVector, Table, tableToIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { findFramingFault } from "./arrow-framing.ts";

const table = new Table({
  time: makeVector(Float64Array.from({ length: 20 }, (_, index) => index)),
  close: makeVector(Float64Array.from({ length: 20 }, (_, index) => index * 1.5)),
});
const file = tableToIPC(table, "file");
const stream = tableToIPC(table, "stream");

test("sound files and streams have no fault, also with nothing in them", () => {
  expect(findFramingFault(file, true)).toBeNull();
  expect(findFramingFault(stream, false)).toBeNull();
  expect(findFramingFault(tableToIPC(table.slice(0, 0), "file"), true)).toBeNull();
});

test.each([
  ["the mark of a message", 0, "no message begins at byte 0"],
  ["the length of a message", 7, "the message at byte 0 does not fit"],
  ["the root of its metadata", 10, "the message at byte 0 is damaged"],
])("damage to %s is found", (_, at, fault) => {
  const damaged = stream.slice();
  damaged[at] = (damaged[at] ?? 0) ^ 0x7f;
  expect(findFramingFault(damaged, false)).toBe(fault);
});

test("a footer that does not fit or lists what is no message is found", () => {
  const long = file.slice();
  long[file.length - 8] = 0x7f;
  expect(findFramingFault(long, true)).toBe("its footer does not fit");
  const astray = file.slice();
  const footerStart =
    file.length - 10 - new DataView(file.buffer, file.byteOffset).getInt32(file.length - 10, true);
  const mark = new DataView(astray.buffer, astray.byteOffset);
  // The footer lists one record batch, whose message begins at byte 8.
  const places = Array.from(
    { length: (file.length - 18 - footerStart) >> 2 },
    (_, index) => footerStart + index * 4,
  );
  const listed = places.filter((at) => mark.getBigInt64(at, true) === 8n);
  expect(listed).toHaveLength(1);
  for (const at of listed) mark.setBigInt64(at, 11n, true);
  expect(findFramingFault(astray, true)).toBe("its footer is damaged");
});

test("no damaged or cut bytes make the check itself fail", () => {
  for (const [bytes, isFile] of [
    [file, true],
    [stream, false],
  ] as const) {
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const fault = findFramingFault(damaged, isFile);
        expect(fault === null || fault.length > 0).toBe(true);
      }
      expect(findFramingFault(bytes.slice(0, at), isFile)).not.toBeUndefined();
    }
  }
});
