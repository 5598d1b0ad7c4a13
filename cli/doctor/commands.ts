import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "Check Node, config, folders, stores, strategies and terminal; changes nothing",
  options: {
    offline: { kind: "flag", describe: "Leave out what needs a network (so far nothing does)" },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock doctor", shows: "One line per check, with what to do about it" },
    {
      command: "drydock doctor --json",
      shows: "The same for a script; exit 3 when a check failed",
    },
  ],
  load: () => import("#cli/doctor/doctor-command.ts"),
});
