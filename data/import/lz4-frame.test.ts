import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLz4Frames, Lz4Error } from "./lz4-frame.ts";
import { encodeLz4Frame } from "./testing/encode-lz4.ts";

/** The text that the reference tool `lz4` 1.9 compressed into the two frames below. */
const plain = Buffer.concat([
  ...Array.from({ length: 40 }, (_, index) =>
    Buffer.from(`candle ${index % 7} open high low close `),
  ),
  Buffer.from(Array.from({ length: 64 }, (_, index) => index)),
]);

test.each([
  [
    "linked blocks and a content checksum (lz4 -9 -BD -B4 --content-size)",
    "BCJNGGxAyAQAAAAAAACUiAAAAPMOY2FuZGxlIDAgb3BlbiBoaWdoIGxvdyBjbG9zZSAdAB8xHQAJHzIdAAkfMx0ACR80HQAJHzUdAAkfNh0AAg/LAP///63wMQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8AAAAAP91VbQ==",
  ],
  [
    "independent blocks without checksums (lz4 -1 --no-frame-crc)",
    "BCJNGGBAgogAAADzDmNhbmRsZSAwIG9wZW4gaGlnaCBsb3cgY2xvc2UgHQAfMR0ACR8yHQAJHzMdAAkfNB0ACR81HQAJHzYdAAkPywD///+m8DEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/AAAAAA==",
  ],
])("decodes a frame of the reference tool: %s", (_, base64) => {
  const frame = new Uint8Array(Buffer.from(base64, "base64"));
  expect(Buffer.from(decodeLz4Frames(frame)).equals(plain)).toBe(true);
  const twice = new Uint8Array(Buffer.concat([frame, frame]));
  expect(decodeLz4Frames(twice)).toHaveLength(plain.length * 2);
});

test("decodes what the encoder writes, runs and noise alike", () => {
  const runs = fc
    .array(
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 60 })),
    )
    .map((parts) =>
      Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))),
    );
  fc.assert(
    fc.property(runs, fc.boolean(), (bytes, withSize) => {
      const decoded = decodeLz4Frames(encodeLz4Frame(bytes, withSize));
      expect(Buffer.from(decoded).equals(bytes)).toBe(true);
    }),
  );
});

test("decodes more than one block", () => {
  const long = new Uint8Array(300_000).map((_, index) => (index * index) & 15);
  expect(decodeLz4Frames(encodeLz4Frame(long))).toEqual(long);
});

test("a cut frame is refused wherever it is cut", () => {
  const frame = encodeLz4Frame(plain);
  for (let length = 1; length < frame.length; length++) {
    expect(() => decodeLz4Frames(frame.subarray(0, length))).toThrow(Lz4Error);
  }
});

test("a frame whose content has another length than declared is refused", () => {
  const frame = encodeLz4Frame(plain);
  frame[6] = (frame[6] ?? 0) + 1;
  expect(() => decodeLz4Frames(frame)).toThrow(/declares 1225 bytes and holds 1224/);
});

test("a frame that grows beyond the limit is refused", () => {
  const frame = encodeLz4Frame(new Uint8Array(100_000));
  expect(() => decodeLz4Frames(frame, 50_000)).toThrow(/beyond its limit/);
});

/** What went wrong in an attempt; null when nothing did. */
function failureOf(attempt: () => unknown): unknown {
  try {
    attempt();
    return null;
  } catch (error) {
    return error;
  }
}

test("damage gives wrong bytes or a refusal, never another error", () => {
  const frame = encodeLz4Frame(plain);
  fc.assert(
    fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = frame.slice();
      damaged[at] = (damaged[at] ?? 0) ^ flip;
      const failure = failureOf(() => decodeLz4Frames(damaged));
      expect(failure === null || failure instanceof Lz4Error).toBe(true);
    }),
  );
});
