import { expect, test } from "vitest";
import { RandomStream } from "./random-stream.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed, seedAfter, seedText } from "./seed.ts";
import { SplitMix64, type Word64 } from "./split-mix.ts";

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

test("xoshiro128** gives the numbers of the reference implementation", () => {
  const stream = new RandomStream([1, 2, 3, 4]);
  expect(take(10, () => stream.next())).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
    4258142804,
  ]);
});

test.each([
  [
    "1234567",
    [
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821",
    ],
  ],
  ["0", ["16294208416658607535", "7960286522194355700", "487617019471545679"]],
  // All ones: the state wraps. 0xe4d971771b652c20 and 0xe99ff867dbf682c9.
  ["18446744073709551615", ["16490336266968443936", "16834447057089888969"]],
])("splitmix64 gives the published numbers of seed %s", (seed, expected) => {
  const generator = new SplitMix64(parseSeed(seed));
  expect(take(expected.length, () => seedText(generator.next()))).toEqual(expected);
});

test.each(["0", "1", "4294967295", "4294967296", "18446744073709551615"])(
  "A seed is read and written: %s",
  (text) => {
    expect(seedText(parseSeed(text))).toBe(text);
  },
);

test.each(["", "-1", "1.5", "18446744073709551616", "99999999999999999999", "abc", "1e3"])(
  "parseSeed() refuses %j",
  (text) => {
    expect(() => parseSeed(text)).toThrow(/is no seed/);
  },
);

test("seedAfter() carries into the upper half and wraps", () => {
  expect(seedText(seedAfter(parseSeed("4294967295"), 1))).toBe("4294967296");
  expect(seedText(seedAfter(parseSeed("18446744073709551615"), 1))).toBe("0");
});

test("Another stream, or more draws from one, leave the others as they are", () => {
  const seed = parseSeed("77");
  const plain = new RandomStreams(seed);
  const expected = take(50, () => plain.of("net").next());
  const other = new RandomStreams(seed);
  other.of("disk");
  const drawn = take(50, () => {
    other.of("exchange").next();
    return other.of("net").next();
  });
  expect(drawn).toEqual(expected);
});

test("Streams of other names and of neighbouring seeds have nothing in common", () => {
  const draws = new Set<number>();
  for (const seed of ["1", "2", "3"]) {
    const streams = new RandomStreams(parseSeed(seed));
    for (const name of ["net", "disk", "ten"]) {
      for (const draw of take(200, () => streams.of(name).next())) draws.add(draw);
    }
  }
  // 1,800 draws of 32 bits meet each other with a probability below 0.04 %.
  expect(draws.size).toBe(1_800);
});

test("A stream is uniform enough for what it decides", () => {
  const stream = new RandomStreams(parseSeed("5")).of("test");
  const count = 60_000;
  const faces = [0, 0, 0, 0, 0, 0];
  let hits = 0;
  let sum = 0;
  const weighted = [0, 0, 0];
  for (let draw = 0; draw < count; draw++) {
    const face = stream.integer(1, 6) - 1;
    faces[face] = (faces[face] as number) + 1;
    if (stream.chance(0.25)) hits += 1;
    sum += stream.exponential(7);
    const place = stream.weighted([1, 0, 3]);
    weighted[place] = (weighted[place] as number) + 1;
  }
  for (const face of faces) expect(Math.abs(face / count - 1 / 6)).toBeLessThan(0.008);
  expect(Math.abs(hits / count - 0.25)).toBeLessThan(0.008);
  expect(Math.abs(sum / count - 7)).toBeLessThan(0.15);
  expect(weighted[1]).toBe(0);
  expect(Math.abs((weighted[2] as number) / count - 0.75)).toBeLessThan(0.008);
});

test("integer() reaches both ends and pick() every element", () => {
  const stream = new RandomStreams(parseSeed("6")).of("test");
  expect(new Set(take(200, () => stream.integer(-2, 2)))).toEqual(new Set([-2, -1, 0, 1, 2]));
  expect(new Set(take(100, () => stream.pick(["a", "b", "c"])))).toEqual(new Set(["a", "b", "c"]));
  const halves: Word64 = { high: stream.integer(0, 0xffff_ffff), low: 0 };
  expect(halves.high).toBeGreaterThanOrEqual(0);
});
