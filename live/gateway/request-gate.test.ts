import { expect, test } from "vitest";
import { type GateRequest, RequestGate } from "./request-gate.ts";
import { SMALL } from "./testing/gate-run.ts";
import { type RequestGroup, VENUE_LIMITS } from "./venue-limits.ts";

interface Named extends GateRequest {
  readonly name: string;
}

const LATE = 1_000_000;

const request = (
  name: string,
  group: RequestGroup = "place",
  changes: Partial<Named> = {},
): Named => ({
  name,
  costs: SMALL.costs[group],
  urgency: "rest",
  leaveBefore: LATE,
  about: name,
  isMaker: group === "place",
  isWanted: () => true,
  ...changes,
});

const gateOf = (...requests: readonly Named[]): RequestGate<Named> => {
  const gate = new RequestGate<Named>(SMALL);
  for (const one of requests) gate.add(one);
  return gate;
};

/** The names of what leaves now, in that order. */
function leaving(gate: RequestGate<Named>, now: number): readonly string[] {
  const names: string[] = [];
  for (let next = gate.next(now); next !== null; next = gate.next(now)) names.push(next.name);
  return names;
}

test("A request counts until a whole window after its answer", () => {
  const [first, second] = [request("a"), request("b")];
  const gate = gateOf(first, second, request("c"));
  expect(leaving(gate, 0)).toEqual(["a", "b"]);
  expect(gate.nextAt(0)).toBe(LATE);
  gate.answered(first, 400);
  expect(gate.nextAt(400)).toBe(1_400);
  expect(leaving(gate, 1_399)).toEqual([]);
  expect(leaving(gate, 1_400)).toEqual(["c"]);
});

test("The urgent leave first, and the reserve of closes is left by entries", () => {
  const close = request("close", "place", { urgency: "close" });
  const gate = gateOf(
    request("a"),
    request("b"),
    request("c"),
    request("price", "price", { urgency: "lookup" }),
    close,
  );
  expect(leaving(gate, 0)).toEqual(["close", "price", "a", "b"]);
  gate.add(request("close too", "place", { urgency: "close" }));
  expect(leaving(gate, 0)).toEqual(["close too"]);
  expect(gate.waiting).toBe(1);
});

test("During a ban nothing leaves, for its whole length", () => {
  const gate = gateOf(request("a"));
  gate.ban(600_000);
  gate.ban(300_000);
  expect(leaving(gate, 599_999)).toEqual([]);
  expect(gate.nextAt(0)).toBe(600_000);
  expect(leaving(gate, 600_000)).toEqual(["a"]);
});

test("What the ban outlasts is dropped at once: it has never left", () => {
  const gate = gateOf(request("a", "place", { leaveBefore: 3_000 }), request("b"));
  gate.ban(600_000);
  expect(gate.takeDropped(0).map(({ name }) => name)).toEqual(["a"]);
  expect(gate.waiting).toBe(1);
});

test("After a refusal for its rate nothing of that window leaves before the reset, the rest does", () => {
  const refused = request("a", "amend");
  const gate = gateOf(refused);
  expect(leaving(gate, 0)).toEqual(["a"]);
  gate.answered(refused, 100);
  gate.refused(refused, 5_000, 100);
  gate.add(request("b", "amend", { urgency: "close" }));
  gate.add(request("c", "cancel", { urgency: "close" }));
  expect(leaving(gate, 5_099)).toEqual(["c"]);
  expect(leaving(gate, 5_100)).toEqual(["b"]);
});

test("A cancel waits behind its order, and one order behind another does not", () => {
  const gate = gateOf(
    ...["a", "b"].map((name) => request(name)),
    request("c"),
    request("cancel c", "cancel", { about: "c", urgency: "close" }),
    request("cancel x", "cancel", { about: "x", urgency: "close" }),
  );
  expect(leaving(gate, 0)).toEqual(["cancel x", "a", "b"]);
  expect(gate.takeDropped(LATE).map(({ name }) => name)).toEqual(["c", "cancel c"]);
});

test("A change that is dropped leaves the cancel behind it", () => {
  const amend = request("amend", "amend", { about: "a", leaveBefore: 1_000 });
  const gate = gateOf(amend, request("cancel", "cancel", { about: "a", urgency: "close" }));
  gate.ban(900);
  expect(gate.takeDropped(1_000).map(({ name }) => name)).toEqual(["amend"]);
  expect(leaving(gate, 1_000)).toEqual(["cancel"]);
});

test("What is not wanted any more by the time that there is room does not leave", () => {
  let isWanted = true;
  const gate = gateOf(request("a", "place", { isWanted: () => isWanted }));
  gate.ban(500);
  expect(leaving(gate, 0)).toEqual([]);
  isWanted = false;
  expect(leaving(gate, 500)).toEqual([]);
  expect(gate.takeDropped(500).map(({ name }) => name)).toEqual(["a"]);
});

test("What is late does not leave, though there is room again", () => {
  const gate = gateOf(request("a", "place", { leaveBefore: 1_000 }), request("b"));
  gate.ban(1_001);
  expect(leaving(gate, 1_001)).toEqual(["b"]);
});

test("What weighs much is not overtaken for ever by what weighs little", () => {
  const { hyperliquid } = VENUE_LIMITS;
  const gate = new RequestGate<Named>(hyperliquid);
  const costs = [{ window: "address", weight: 990 }];
  const full = request("full", "orders", { costs, urgency: "lookup", about: "" });
  gate.add(full);
  expect(leaving(gate, 0)).toEqual(["full"]);
  for (const name of ["list", "list too"]) {
    gate.add(request(name, "orders", { costs: hyperliquid.costs.orders, urgency: "lookup" }));
  }
  const light = { costs: hyperliquid.costs.place };
  gate.add(request("price", "price", { ...light, urgency: "lookup" }));
  gate.add(request("entry", "place", light));
  gate.add(request("close", "place", { ...light, urgency: "close" }));
  expect(leaving(gate, 1)).toEqual(["close"]);
  gate.answered(full, 10);
  expect(leaving(gate, 60_010)).toEqual(["list", "list too", "price", "entry"]);
});

test("A thousand wait, and closes beyond that", () => {
  const gate = gateOf(...Array.from({ length: 1_000 }, (_, at) => request(`o${at}`)));
  expect(gate.add(request("one more"))).toBe(false);
  expect(gate.add(request("close", "place", { urgency: "close" }))).toBe(true);
  gate.clear();
  expect(gate.nextAt(0)).toBe(Number.POSITIVE_INFINITY);
});
