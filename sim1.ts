import { Simulation } from "#live/faults/simulate.ts";
import { workload } from "#live/faults/workload.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";

const [seed0, count, profile] = [
  Number(process.argv[2] ?? 1),
  Number(process.argv[3] ?? 1),
  process.argv[4] ?? "live-parity",
];
for (let s = seed0; s < seed0 + count; s++) {
  const plan = drawPlan(String(s), profile as never);
  const t0 = performance.now();
  const sim = new Simulation({
    plan,
    strategyOf: (t) =>
      workload({
        seed: plan.seed,
        account: t.key,
        plan: plan.workload,
        hasProtection: plan.features.hasProtection,
        candleMs: plan.candleMs,
      }),
  });
  try {
    sim.run();
    const out = sim.world.targets.map((t) => {
      const truth = sim.world.truth(t.key);
      const e = sim.program?.engine(t.key);
      const pos = e?.ledger.positions.map((p) => p.qtyLots);
      const open = truth.orders.filter(
        (o) => o.status === "open" || o.status === "accepted" || o.status === "live",
      ).length;
      return {
        key: t.key,
        orders: truth.orders.length,
        execs: truth.executions.length,
        truthPos: truth.positions.map((p) => [p.symbol, p.slot, p.qtyLots]),
        pos,
        wallet: [truth.wallet, e?.ledger.wallet],
        find: e?.reconcile?.openFindings.map((f) => [f.key, f.raised, f.class]),
        unk: e?.orderNews.unresolved.orders.length,
        gate: e?.risk.latches.gate?.reason,
        fails: e?.failures.map((f) => String(f.error)),
      };
    });
    console.log(
      s,
      "ok",
      Math.round(performance.now() - t0) + "ms",
      sim.world.time.steps,
      "steps",
      JSON.stringify(sim.lives.map((l) => l.kind + ("error" in l ? String(l.error) : ""))),
      JSON.stringify(out),
    );
  } catch (error) {
    console.log(
      s,
      "FAILED",
      Math.round(performance.now() - t0) + "ms",
      (error as Error).stack?.split("\n").slice(0, 9).join("\n"),
    );
  }
}
