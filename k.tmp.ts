import { runPlan } from "#live/faults/batch/run-plan.ts";
import { scenarioFile } from "#live/faults/batch/scenario-file.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { eventsOf, shrinkPlan } from "#live/faults/batch/shrink-plan.ts";
import type { Tamper } from "#live/faults/simulation-observer.ts";

// planted: any answer lost counts as rejection (flat on error)
const tamper: Tamper = {
  portOf: (_key, port) =>
    ({
      connect: (l) => port.connect(l),
      close: () => port.close(),
      ask: (ask, done) =>
        port.ask(ask, (answer) => {
          if ((answer as any).kind === "unknown" && ask.kind === "place") {
            throw new Error("planted: an answer was lost");
          }
          done(answer);
        }),
    }) as never,
};
for (const seed of ["3"]) {
  const plan = seedPlan(seed, { profile: "swarm", minutes: 120, tieBreak: "sched" });
  const run = (p: any, o: any) => runPlan(p, { ...o, tamper });
  const t = performance.now();
  const s = shrinkPlan(plan, {
    tries: 1500,
    run,
    onTry: (p) => {
      if (p.tries % 100 === 0) console.log(p.tries, p.stage, p.events);
      return true;
    },
  });
  console.log(
    s?.tries,
    s && eventsOf(s.plan),
    Math.round(performance.now() - t),
    "ms",
    s?.violation.message.split("\n")[0],
  );
  if (s) console.log(scenarioFile(s, { seed, build: "x" }).slice(0, 100));
}
