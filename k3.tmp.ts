import { runPlan } from "#live/faults/batch/run-plan.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";

const by = new Map<number, number[]>();
const inv = new Map<string, string[]>();
const minutes = Number(process.argv[2]);
const n = Number(process.argv[3]);
let tot = 0;
for (let s = 1; s <= n; s++) {
  const plan = seedPlan(String(s), { profile: "swarm", minutes, tieBreak: "sched" });
  const t = process.cpuUsage();
  const r = runPlan(plan);
  const c = process.cpuUsage(t);
  const ms = (c.user + c.system) / 1e3;
  tot += ms;
  const b = by.get(plan.barMs) ?? [0, 0, 0, 0];
  b[0]!++;
  b[1]! += ms;
  b[2]! += r.events;
  b[3]! += plan.durationMs / 60000;
  by.set(plan.barMs, b);
  const v = r.violations[0];
  if (v) {
    inv.set(v.invariant, [
      ...(inv.get(v.invariant) ?? []),
      `${s}:${v.message.split("\n")[0]!.slice(0, 150)}`,
    ]);
  }
}
for (const [k, [n, ms, ev, m]] of by)
  console.log(
    k,
    n,
    "ms/seed",
    Math.round(ms! / n!),
    "events",
    Math.round(ev! / n!),
    "min",
    Math.round(m! / n!),
  );
console.log("avg", tot / n);
for (const [k, v] of inv) console.log(k, v.length, v.slice(0, 3));
