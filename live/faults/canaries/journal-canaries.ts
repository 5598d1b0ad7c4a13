import type { DiskFile } from "#data/journal/disk.ts";
import { EVENT } from "#engine/model/event.ts";
import type { TargetKey } from "#engine/model/target.ts";
import { SECRET_KEY, type World } from "#live/faults/world/world.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";
import { type Canary, patch } from "./canary.ts";
import { asking } from "./changed-port.ts";

const HOUR = 3_600_000;
const QUIET = { hasAged: false, hasProtection: false, hasPollingFallback: false };

/** As many as a start needs. */
const FIRST_SYNCS = 4;

/** Changes every file of the world's disk as it is opened. */
function changeFiles(world: World, change: (file: DiskFile) => DiskFile): void {
  patch(world.disk, "open", (original) => (path, use) => {
    const file = original(path, use);
    return path.includes(".jsonl") ? change(file) : file;
  });
}

/** The methods of a file one by one: its own are bound to it. */
function withFile(file: DiskFile, other: Partial<DiskFile>): DiskFile {
  return {
    write: (bytes) => file.write(bytes),
    read: (at, into) => file.read(at, into),
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    close: () => file.close(),
    ...other,
  };
}

/** Bugs in what is kept, in money, in time, in limits. */
export const JOURNAL_CANARIES: readonly Canary[] = [
  {
    name: "sends-half-a-lot",
    invariant: "I33",
    says: "A size is rounded to half a lot",
    plan: {},
    plant: () => ({
      portOf: (_key, port) =>
        asking(port, (ask) =>
          ask.kind === "place" ? { ...ask, qtyLots: ask.qtyLots + 0.5 } : ask,
        ),
    }),
  },
  {
    name: "counts-funding-twice",
    invariant: "I34",
    says: "Funding of a position that has grown is booked twice",
    plan: { isHyperliquid: true, durationMs: 2 * HOUR, work: { close: 1 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.ledger, "bookFunding", (original) => (symbol, amount) => {
            original(symbol, amount);
            original(symbol, amount);
          });
        }
      },
    }),
  },
  {
    name: "takes-funding-for-a-trade",
    invariant: "I36",
    says: "The size that a venue writes beside funding is added to the position",
    plan: { isHyperliquid: true, durationMs: 2 * HOUR, work: { close: 1 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            original(event);
            const position = engine.ledger.positions[event.symbol];
            if (event.kind !== EVENT.fundingPaid || position === undefined) return;
            if (position.qtyLots !== 0) position.qtyLots += Math.sign(position.qtyLots);
          });
        }
      },
    }),
  },
  {
    name: "takes-candles-twice",
    invariant: "I41",
    says: "A candle that comes twice is two candles",
    plan: {},
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { made } of driver.targets) {
          for (const bars of made.bars.values()) {
            patch(bars, "add", (original) => (bar) => {
              original(bar);
              return original(bar);
            });
          }
        }
      },
    }),
  },
  {
    name: "widens-the-fence",
    invariant: "I43",
    says: "Requests are good for a minute longer than the journal says",
    plan: {},
    plant: () => ({
      portOf: (_key, port) =>
        asking(port, (ask) => ("fenceAt" in ask ? { ...ask, fenceAt: ask.fenceAt + 60_000 } : ask)),
    }),
  },
  {
    name: "does-not-sync",
    invariant: "I45",
    says: "Only the first syncs of a file wait until anything lasts",
    plan: { rates: { P1: 0.001 } },
    plant: () => ({
      onWorld: (world) =>
        changeFiles(world, (file) => {
          let syncs = 0;
          const sync = (): void => {
            syncs += 1;
            if (syncs <= FIRST_SYNCS) file.sync();
          };
          return withFile(file, { sync });
        }),
    }),
  },
  {
    name: "trusts-the-sync-after-a-failed-one",
    invariant: "I45",
    says: "A start syncs what it finds and does not write it again",
    plan: { rates: { P1: 0.001, P6: 0.002 } },
    plant: () => ({
      onWorld: ({ disk }) => {
        patch(disk, "rewrite", () => (path) => {
          const file = disk.open(path, "append");
          file.sync();
          file.close();
        });
      },
    }),
  },
  {
    name: "numbers-a-record-twice",
    invariant: "I46",
    says: "A record gets the number of another",
    plan: { durationMs: HOUR / 2 },
    plant: () => ({
      onWorld: (world) =>
        changeFiles(world, (file) =>
          withFile(file, {
            write: (bytes) => {
              const text = new TextDecoder().decode(bytes).replace('{"seq":40,', '{"seq":41,');
              return file.write(new TextEncoder().encode(text));
            },
          }),
        ),
    }),
  },
  {
    name: "does-not-tell-the-account",
    invariant: "I47",
    says: "Records leave out what changed of the account",
    plan: { rates: { P13: 6 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { made } of driver.targets) {
          patch(made.recorder, "take", (original) => (event, requests) => {
            const { account: _, ...step } = original(event, requests);
            return step;
          });
        }
      },
    }),
  },
  {
    name: "goes-on-after-a-failed-sync",
    invariant: "I49",
    says: "An error of a sync is swallowed",
    plan: { rates: { P6: 0.01 } },
    plant: () => ({
      onWorld: (world) =>
        changeFiles(world, (file) =>
          withFile(file, {
            sync: () => {
              try {
                file.sync();
              } catch {
                // As if it had worked.
              }
            },
          }),
        ),
    }),
  },
  {
    name: "opens-on-a-full-disk",
    invariant: "I50",
    says: "A full disk does not halt entries",
    plan: { rates: { P5: 0.02 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        patch(driver, "order", () => () => {});
      },
    }),
  },
  {
    name: "takes-every-price-for-fresh",
    invariant: "I53",
    says: "The age of a price counts from when somebody looked at it",
    plan: { rates: { N9: 20, D1: 0.3, N12: 5 }, features: QUIET, durationMs: 2 * HOUR },
    risk: { maxPriceAgeSeconds: 20 },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            engine.risk.priceAsOf.fill(event.time);
            original(event);
          });
        }
      },
    }),
  },
  {
    name: "stamps-prices-itself",
    invariant: "I54",
    says: "A price that was asked for bears the time of its answer",
    plan: {
      rates: { D8: 0.9, N7: 10, N9: 10 },
      features: { ...QUIET, hasAged: true },
      work: { close: 0, ordersPerHour: 6 },
      durationMs: 2 * HOUR,
    },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            const { asOf } = event;
            if (event.kind === EVENT.lastPrice) event.asOf = event.time;
            original(event);
            event.asOf = asOf;
          });
        }
      },
    }),
  },
  {
    name: "asks-during-a-ban",
    invariant: "I57",
    says: "Nothing holds requests back while the address is banned",
    plan: { rates: { X4: 5 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { gateway } of driver.targets) {
          patch(gateway.gate, "isBanned", () => () => false);
          patch(gateway.gate, "ban", () => () => {});
        }
      },
    }),
  },
  {
    name: "does-not-ask-risk",
    invariant: "I58",
    says: "Orders pass without a look at the cap",
    plan: { work: { close: 1 } },
    risk: { maxNotionalPerSymbol: 2_000 },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.risk, "approve", () => (order) => order as never);
        }
      },
    }),
  },
  {
    name: "sends-to-another-account",
    invariant: "I59",
    says: "What the second account wants leaves by the way of the first",
    plan: { accounts: 2, durationMs: HOUR / 2 },
    plant: () => {
      const ports = new Map<TargetKey, VenuePort>();
      return {
        portOf: (key, port) => {
          ports.set(key, port);
          const [first = port] = ports.values();
          return {
            ask: (ask, done) => (ask.kind === "place" ? first : port).ask(ask, done),
            connect: (listener) => port.connect(listener),
            close: () => port.close(),
          };
        },
      };
    },
  },
  {
    name: "journals-the-key",
    invariant: "I60",
    says: "An event tells the key that it was asked with",
    plan: { durationMs: HOUR / 2 },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { made } of driver.targets) {
          patch(made.recorder, "take", (original) => (event, requests) => {
            const step = original(event, requests);
            const isAsked = event.kind === EVENT.unknownOutcome || event.kind === EVENT.snapshot;
            return isAsked ? { ...step, event: { ...step.event, text: SECRET_KEY } } : step;
          });
        }
      },
    }),
  },
  {
    name: "does-not-halt",
    invariant: "I61",
    says: "A halt is written down and not obeyed",
    plan: { rates: { O9: 20 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) patch(engine.risk, "halt", () => () => {});
      },
    }),
  },
];
