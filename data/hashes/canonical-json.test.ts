import { expect, test } from "vitest";
import { AssertionFailed } from "#engine/assert.ts";
import { canonicalJson } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

test("canonicalJson() writes the example of RFC 8785, section 3.2.2", () => {
  const value = {
    numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test("canonicalJson() sorts keys by code units and leaves out undefined members", () => {
  expect(canonicalJson({ b: 1, a: undefined, "\u20ac": 2, "1": 3 })).toBe('{"1":3,"b":1,"€":2}');
});

test.each([NaN, Infinity, -Infinity])("canonicalJson() refuses %d", (value) => {
  expect(() => canonicalJson({ value })).toThrow(/NaN|Infinity/);
});

test("canonicalJson() refuses a value without JSON", () => {
  expect(() => canonicalJson(undefined)).toThrow(AssertionFailed);
});

test("sha256Hex() knows the test vector of FIPS 180-2 and takes text as UTF-8", () => {
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256Hex("abc")).toBe(expected);
  expect(sha256Hex(new TextEncoder().encode("abc"))).toBe(expected);
  expect(sha256Hex("€")).toBe(sha256Hex(new Uint8Array([0xe2, 0x82, 0xac])));
});
