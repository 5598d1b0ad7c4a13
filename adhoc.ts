import { Watch, watchOf } from "#live/faults/checkers/watch.ts";
import { Simulation } from "#live/faults/simulate.ts";
import { workloadOf } from "#live/faults/workload.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";

const [from, count, profile, x4, x3] = process.argv.slice(2);
let bans = 0,
  over = 0,
  ts = 0;
const t0 = performance.now();
for (let s = Number(from); s < Number(from) + Number(count); s++) {
  const drawn = drawPlan(String(s), profile as never);
  const plan = {
    ...drawn,
    durationMs: Math.min(drawn.durationMs, drawn.barMs >= 60000 ? 3_600_000 : 900_000),
    rates: { ...drawn.rates, X4: Number(x4), X3: Number(x3) },
    workload: { ...drawn.workload, ordersPerHour: 60 },
  };
  try {
    const sim = new Simulation({
      plan,
      strategyOf: ({ key }) => workloadOf(plan, key),
      observe: (m) => new Watch(m),
    });
    sim.run();
    const w = watchOf(sim);
    bans += sim.world.faults.fired.X4;
    for (const t of sim.world.targets) {
      over += t.server.gate.overLimit;
      ts += t.server.gate.duringBan;
    }
    for (const v of w.violations) {
      console.log(s, v.invariant, v.message.slice(0, 300));
      if (process.env.DUMP)
        for (const r of w.records.slice(-Number(process.env.DUMP)))
          console.log(JSON.stringify(r).slice(0, 3000));
    }
  } catch (e) {
    console.log(s, "throws", String((e as Error).stack).slice(0, 600));
  }
}
console.log({ bans, over, duringBan: ts, ms: performance.now() - t0 });
