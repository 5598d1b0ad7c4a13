import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import { acquireEngineLock, type EngineLock, type IsAlive } from "#data/journal/engine-lock.ts";
import { listenIn } from "#data/journal/lock-socket.ts";
import { DrydockError } from "#engine/errors.ts";

/** Something that becomes of a data directory. */
type Happening =
  /** So many engines start at once. */
  | { readonly kind: "start"; readonly count: number }
  /** The one that runs ends. */
  | { readonly kind: "release" }
  /** Somebody tidies up: the file of the socket is gone, its process runs on. */
  | { readonly kind: "tidy" }
  /** A machine that died left its lock; its number belongs to another process by now. */
  | { readonly kind: "stale" }
  /** An engine in another container holds it, whose process is not known here. */
  | { readonly kind: "elsewhere" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("start" as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  ...(["release", "tidy", "stale", "elsewhere"] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant(kind) }),
  })),
);

/**
 * I51: of all engines that start on a data directory at most one runs, exactly one where nobody did; one that is refused
 * changes nothing and names who runs. `isAlive` replaces how a holder is looked at.
 */
export const oneEngine = (isAlive?: IsAlive) =>
  fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 8 }), async (happenings) => {
    const folder = mkdtempSync(join(tmpdir(), "drydock-lock-"));
    const place = new LockedPlace(folder, isAlive);
    try {
      for (const one of happenings) await place.happens(one);
    } finally {
      await place.leave();
      rmSync(folder, { recursive: true });
    }
  });

/** A process whose number is in use here, but by another one. */
const GONE = { pid: process.pid, startedAt: "another boot 1" };

function expectOneAtMost(
  ends: readonly PromiseSettledResult<EngineLock>[],
  isHeld: boolean,
  looks: readonly (readonly string[])[],
): void {
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(isHeld ? 0 : 1);
  expect(looks[1]).toEqual(looks[0]);
  for (const end of ends) {
    if (end.status === "fulfilled") continue;
    expect(end.reason).toBeInstanceOf(DrydockError);
    expect(end.reason).toMatchObject({ code: "E_ENGINE_LOCKED" });
    expect(String(end.reason)).toContain(`process ${process.pid}`);
  }
}

class LockedPlace {
  readonly #folder: string;
  readonly #isAlive: IsAlive | undefined;
  /** Every lock that was given; more than one that was not let go is what must not be. */
  readonly #given: EngineLock[] = [];
  #holder: (() => Promise<void>) | null = null;
  #isElsewhere = false;

  constructor(folder: string, isAlive: IsAlive | undefined) {
    this.#folder = folder;
    this.#isAlive = isAlive;
  }

  async happens(one: Happening): Promise<void> {
    switch (one.kind) {
      case "start":
        return this.#start(one.count);
      case "release":
        await this.#holder?.();
        this.#holder = null;
        return;
      case "tidy":
        // Nothing else tells that an engine elsewhere lives.
        if (this.#isElsewhere) return;
        for (const name of readdirSync(this.#folder)) {
          if (name.endsWith(".sock")) rmSync(join(this.#folder, name));
        }
        return;
      case "stale":
        if (this.#holder === null) this.#write(join(this.#folder, "gone.sock"));
        return;
      case "elsewhere": {
        if (this.#holder !== null) return;
        const socket = await listenIn(this.#folder, "engine-elsewhere.sock");
        this.#write(socket.address);
        this.#isElsewhere = true;
        this.#holder = async () => {
          this.#isElsewhere = false;
          rmSync(join(this.#folder, "engine.lock"), { force: true });
          await socket.close();
        };
      }
    }
  }

  async leave(): Promise<void> {
    for (const lock of this.#given) await lock.release();
    await this.#holder?.();
  }

  async #start(count: number): Promise<void> {
    const before = this.#look();
    const starts = Array.from({ length: count }, () =>
      acquireEngineLock(this.#folder, () => 0, this.#isAlive),
    );
    const ends = await Promise.allSettled(starts);
    const locks = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    this.#given.push(...locks);
    const isHeld = this.#holder !== null;
    expectOneAtMost(ends, isHeld, isHeld ? [before, this.#look()] : []);
    const [lock] = locks;
    if (lock !== undefined) this.#holder = () => lock.release();
  }

  #write(address: string): void {
    const holder = { ...GONE, since: "2024-01-01T00:00:00.000Z", address, nonce: "n" };
    writeFileSync(join(this.#folder, "engine.lock"), JSON.stringify(holder));
  }

  /** Names and texts of everything but sockets, which have none. */
  #look(): readonly string[] {
    return readdirSync(this.#folder).map((name) =>
      name.endsWith(".sock") ? name : `${name}: ${readFileSync(join(this.#folder, name), "utf8")}`,
    );
  }
}
